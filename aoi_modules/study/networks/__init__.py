"""Famous networks taken apart: their blocks, what they cost, what their layers see, how well they do untuned.

Uses `training`, `datasets` and `plots`.
"""
