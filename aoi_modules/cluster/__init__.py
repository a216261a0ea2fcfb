"""Kubernetes: the files that start the line there, and the rules they keep.

Uses `serving.model_config` and `serving.launchers`; never TensorFlow.
"""
