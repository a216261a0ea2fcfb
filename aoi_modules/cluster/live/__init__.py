"""A cluster that runs: what is applied to it, how it does, why not, and the way back.

`connection` speaks with its API; `kubernetes` is imported there alone, and only when a cluster is asked.
"""
