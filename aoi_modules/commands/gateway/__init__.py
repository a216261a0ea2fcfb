"""`aoi gateway`: one address for every picture of the line, and who may use it.

`group` runs it; users and keys of machines have a module each.
"""
