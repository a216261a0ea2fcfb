"""Data sets: judged pictures in the form that a training reads.

Units are dealt into learning and testing by a key that stays, so none ever changes its side.
"""
