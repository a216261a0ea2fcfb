"""What a servable is, stated once: its names, manifest, golden samples, warm-up, signatures and folders; the registry.

Uses `wire`, `pictures`, `verdict`, `object_store`, `machine` and `errors`; never TensorFlow.
"""
