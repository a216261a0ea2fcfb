"""What goes wrong in the line, on purpose, in a share that somebody chose: at its cameras, and at its model server.

Nothing here knows how it is found out.
"""
