"""TensorFlow Serving by gRPC: connections, requests, answers and failures, a client to be called and one to be awaited.

Uses `client` and `wire`.
"""
