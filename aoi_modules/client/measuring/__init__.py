"""What clients measure: whether every way to a model gives the same, and how a server bears a load.

Uses the clients.
"""
