"""Requests put together for one computation, in TensorFlow Serving's terms.

Uses the engine's interface; knows neither protocols nor the threads that answer.
"""
