"""Disk and memory of this machine: files written whole, and what finds no room there, told to people.

Uses `errors` only.
"""
