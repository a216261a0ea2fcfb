"""Readers of trained models, one module a format: each gives a network whose scores are known.

Uses TensorFlow; nothing of serving.
"""
