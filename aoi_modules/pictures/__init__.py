"""Picture files: the one table of formats, and a decoder that gives the very pixels that a servable's graph sees.

Uses `errors` only; training, graph, both engines, gateway and client hold to this table.
"""
