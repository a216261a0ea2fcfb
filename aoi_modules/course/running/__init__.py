"""Lessons run headless: which must run, each in a process of its own, and how each ended.

Uses checklist and notebooks; papermill only in the lesson's own process.
"""
