"""The verbs of `aoi`, one module each: the only place that speaks of flags and prints.

Every other part may be used here; nothing but `cli` uses this one.
"""
