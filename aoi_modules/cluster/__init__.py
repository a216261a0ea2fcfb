"""Kubernetes: the files that start the line there, and the rules they keep.

Uses `settings` and `errors`; never TensorFlow.
"""
