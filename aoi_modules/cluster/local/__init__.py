"""One machine: its container engine, and what of the project is built and started on it.

Asks the engine by its command line alone, so that whoever reads along can do the same.
"""
