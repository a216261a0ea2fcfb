"""The two ways in, gRPC and REST: they translate between the wire and the data plane.

Uses the data plane and its forms of requests; holds no model.
"""
