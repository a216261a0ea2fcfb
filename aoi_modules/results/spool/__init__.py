"""The spool: a log on disk of what was accepted and is not yet where it belongs.

Followers read it in order, each from a mark of its own, and what all of them have passed is deleted.
"""
