"""Disk and memory of this machine: files written whole, YAML read as structs, what finds no room, told to people.

Uses `errors` only.
"""
