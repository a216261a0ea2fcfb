"""What a servable is, stated once: its names, manifest, golden samples, warm-up, signatures and folders.

Uses `wire`, `pictures`, `verdict` and `errors`; never TensorFlow.
"""
