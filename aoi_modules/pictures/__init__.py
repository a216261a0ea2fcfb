"""Picture files: the one table of formats, a decoder for the very pixels that a servable's graph sees, their quality.

Uses `errors` only; training, graph, both engines, gateway and client hold to this table.
"""
