"""Objects by their names, in a folder or in a bucket of any S3 server: read, written once, listed, deleted.

Uses `machine` and `errors` only; the parts above say in their own words what is kept here.
"""
