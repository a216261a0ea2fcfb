"""Clients of model servers, by gRPC and by REST, and of the gateway; each is made of one `Endpoint`.

Uses `wire`, `judging`, `modelstore`, `pictures`, and of `serving` and `datasets` what reads configs and names picture
files; never TensorFlow.
"""
