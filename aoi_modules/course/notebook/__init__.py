"""Notebooks as files: their cells, their forms for trainees and for CI, and the rules they keep.

Uses the checklist and `training.profiles`; never runs a notebook.
"""
