"""Requests put together for one computation, in TensorFlow Serving's terms.

Uses the engine's interface; knows no protocol.
"""
