"""Who works with the results: users with roles, keys of machines, sessions, and the log of what people changed.

Passwords, keys and the tokens of sessions are kept as hashes only.
"""
