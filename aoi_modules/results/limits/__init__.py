"""Limits that people set at the station, over those of manifest and route: who, when and why, and one step back.

They belong to a component, a head and one version of a model, so a new version never inherits them.
"""
