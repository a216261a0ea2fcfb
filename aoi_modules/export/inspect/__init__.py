"""Looking into servables: what is in one, what differs between two, how merged models share their parts.

Reads files only; uses the rest of `export`, and `modelstore`.
"""
