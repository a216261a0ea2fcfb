"""How the line is watched beside its work: the spans of an inspection, and how bright and sharp its pictures are.

Uses `metrics` and `shots`; no picture waits for it.
"""
