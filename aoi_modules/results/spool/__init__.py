"""The spool: a log on disk of what was accepted and is not yet where it belongs.

Entries are appended and made safe by `fdatasync` before anybody is answered. Followers read them in order, each with
a mark of its own, and what all have passed is deleted. After `kill -9` they read on from their marks: an entry may be
read twice, and none is left out.
"""
