"""Kubernetes under the magnifying glass: a real kubectl at work, what a cluster said, shells that are tried, drawings.

Uses `cluster` and `plots`; everything goes through kubectl, with the very words that a reader types.
"""
