"""The life of model versions: found on disk, loaded, proven, warmed up, served, unloaded.

Uses engines through their interface.
"""
