"""Rules that all objects of the line keep to in a cluster; each yields sentences about what is wrong.

`catalogue` gathers them, `pods` finds every pod that objects describe.
"""
