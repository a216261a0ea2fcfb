"""Kubernetes files and shells as answers: read field by field, and tried on a cluster or in a shell where one is there.

Uses what `study.clusters` asks and what `cluster` knows about objects.
"""
