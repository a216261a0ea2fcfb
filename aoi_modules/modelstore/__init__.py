"""What a servable is, stated once: its files, its manifest, its golden samples, its version folders.

Uses `verdict` and `errors`; never TensorFlow.
"""
