"""Where data comes from: found, fetched, unpacked, verified, repaired.

Uses `settings`, `progress` and `modelstore`; knows no table.
"""
