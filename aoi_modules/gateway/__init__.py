"""The gateway: one address for every picture of the line, a verdict for every part.

Uses `client`, `judging` and `modelstore`; never TensorFlow.
"""
