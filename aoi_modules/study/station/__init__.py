"""A small line for a lesson: a gateway whose routes change, cameras that never pause, an operator made of a script.

Uses `gateway` and `client` as anybody outside would, and `plots`.
"""
