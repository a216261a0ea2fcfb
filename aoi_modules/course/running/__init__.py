"""Headless runs: which lessons must run, each in a process of its own, and how each ended.

Uses checklist, notebook and the modules of `course` itself; papermill only in the lesson's own process.
"""
