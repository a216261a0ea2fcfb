"""A training under the magnifying glass: step by step, optimizer by optimizer, and what goes wrong.

Uses `training` and `datasets`.
"""
