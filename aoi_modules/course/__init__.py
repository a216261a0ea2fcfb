"""The course: the study checklist, its notebooks, how they are run, checked and reported.

Every part below may be used here; the line itself runs without this one.
"""
