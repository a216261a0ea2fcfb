"""Plots of a line while versions of its models change.

Uses what `client.rollout` measures, and `plots`.
"""
