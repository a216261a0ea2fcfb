"""The model server: TensorFlow Serving's interface, on two engines.

Uses `wire` and `modelstore`; TensorFlow only in its engine.
"""
