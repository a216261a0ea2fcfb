"""Data sets: one folder each, your own pictures, and the tables that all of them give.

Uses `modelstore` to name the data's origin; TensorFlow only in `decoding` and `batches`.
"""
