"""What the real compiler makes of a Bicep file, where it is there and may be asked."""

AUTO = "auto"
NEVER = "never"
ALWAYS = "always"

WISHES = (AUTO, NEVER, ALWAYS)
"""When it is asked: where it is there and answers, not at all, or in any case."""
