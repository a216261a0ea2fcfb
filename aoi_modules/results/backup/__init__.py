"""Everything that was found in one file, and back from it: the database, and the pictures wherever they lie.

A file is a plain tar archive whose last member is a list of checksums; one that is cut off or damaged is never used.
"""
