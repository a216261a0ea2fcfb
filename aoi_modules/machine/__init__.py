"""What this machine has no room for, told to people: files that find no place, work that finds no memory.

Uses `errors` only.
"""
