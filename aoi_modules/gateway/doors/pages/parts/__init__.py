"""Pages about parts: the live view, the review queue, one inspection, one unit.

Many tablets may show them, so what was read or drawn a moment ago is kept for the next one.
"""
