"""Rewriting: the same function by other nodes, fewer of them or under other names.

Uses `export/graph.py`; nothing here knows a model or a servable.
"""
