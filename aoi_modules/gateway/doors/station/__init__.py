"""What people at the station do, by HTTP: they judge parts, look at the quality of the line, and set limits.

Each module turns a request into a call of `results`, and its answer into one struct.
"""
