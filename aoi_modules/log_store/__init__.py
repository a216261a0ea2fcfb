"""Log lines in one store: they are read from files as these grow, pushed by Loki's protocol, and asked for by LogsQL.

It knows lines, files and addresses, and nothing of what writes them.
"""
