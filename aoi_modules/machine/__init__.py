"""Disk and memory of this machine: files written whole, YAML read as structs, pages from templates, what finds no room.

Uses `errors` only.
"""
