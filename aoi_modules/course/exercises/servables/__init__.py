"""What a check finds out about a servable of the reader: its files, and the container that is to serve it.

Uses `cluster`, `serving` and, where it loads one, TensorFlow.
"""
