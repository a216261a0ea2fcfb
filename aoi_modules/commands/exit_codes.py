"""Exit codes that more than one command ends with, beside 0, 1 for what went wrong and 2 for wrong usage."""

STOPPED = 130
"""After Ctrl-C, as shells have it."""
