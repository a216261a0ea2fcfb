"""How the line is watched beside its work: spans of an inspection, how its pictures are, which components are locked.

Uses `metrics`, `routes` and `shots`; no picture waits for it.
"""
