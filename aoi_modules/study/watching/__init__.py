"""A small line that is watched: its services, a Prometheus that asks them, faults, and what all of them said.

Uses `gateway`, `serving` and `log_store` as anybody outside would, and `plots`.
"""
