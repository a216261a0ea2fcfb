"""Famous networks taken apart: their blocks, what they cost, what their layers see, and what they give untuned.

Uses `training` and `datasets`.
"""
