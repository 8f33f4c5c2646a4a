"""Hubs out of infrastructure code: the resources that code declares, and how they become hubs."""
