"""Data sets: one folder each, your own pictures, and the tables that all of them give.

Uses `modelstore` for where data came from; TensorFlow only in `decoding` and `batches`.
"""
