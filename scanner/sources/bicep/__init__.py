"""Bicep files and their parameters, read into resources without the compiler."""
