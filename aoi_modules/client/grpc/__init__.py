"""TensorFlow Serving by gRPC: connections, requests, answers, and the two clients.

Uses `client` and `wire`.
"""
