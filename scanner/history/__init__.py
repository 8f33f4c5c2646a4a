"""A memory between scans: one SQLite file that knows each finding from its first scan to its last.

Nothing is assumed of what a scan did not see.  A finding is fixed where its hub was read and its policy
judged it, and it was not there; whatever was left out, unread or unknown stays as it was.
"""
