"""TensorFlow Serving's messages, tensors and JSON, without TensorFlow.

Uses `errors` only.
"""
