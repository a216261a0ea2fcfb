"""Answers that are programs of the reader: each is run against a real server, and what it sent is looked at.

Uses `study.traffic`, `client` and `wire`.
"""
