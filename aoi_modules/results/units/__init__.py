"""Units whose pictures come one by one, through any of several gateways.

A unit is closed once; what was open then is settled by a later row.
"""
