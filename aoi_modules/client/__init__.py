"""Clients of model servers and of the gateway: called and awaited, by gRPC and by REST.

Uses `wire`, `judging` and `modelstore`; never TensorFlow.
"""
