"""A training under the magnifying glass: its steps, its optimizers, its metrics, and how few defects suffice.

Uses `training`, `datasets` and `plots`.
"""
