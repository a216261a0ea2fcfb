"""TensorFlow Serving by REST: connections, requests, answers, and the two clients.

Uses `client` and `wire`.
"""
