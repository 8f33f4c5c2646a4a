"""Reads hubs from Azure Resource Manager: nothing but reads, at a pace that ARM's budget allows.

`collection.Collection` is all that most need.  What is asked for and cannot be read is a gap; the rest
goes on.
"""
