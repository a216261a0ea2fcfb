"""Keras files, of Keras 3 or Keras 2: configuration, classes, calls and weights become a Keras model.

Uses TensorFlow and Keras; nothing of the other readers.
"""
