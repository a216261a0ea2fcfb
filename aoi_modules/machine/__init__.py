"""Disk, memory and processors of this machine: whole files, YAML as structs, pages from templates, what has no room.

Uses `errors` only.
"""
