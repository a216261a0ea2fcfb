"""TensorFlow Serving by REST: connections, requests, answers and a client.

Uses `client` and `wire`.
"""
