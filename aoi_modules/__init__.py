"""The software line of automated optical inspection: what lessons teach, CI runs and production uses.

Each folder is a part, and a part uses only parts below it; `ARCHITECTURE.md` draws them from the top down.
"""
