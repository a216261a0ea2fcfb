"""Your own pictures, from a folder or a CSV file: read, checked, and every bad row named.

Uses the tables and rules of `datasets`, and the checksums of `sources`; no other data set.
"""
