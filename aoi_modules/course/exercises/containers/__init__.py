"""Dockerfiles and `docker run` lines as answers: read word by word, and tried on an engine where one is there.

Uses what `study.containers` reads and what `cluster` knows about containers.
"""
