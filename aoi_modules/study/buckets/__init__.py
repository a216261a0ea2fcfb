"""A store of objects for a lesson: a real S3 server where one is installed, and small things to put into it.

Uses `modelstore`, `wire` and `pictures`; a folder stands in where there is no server, and says so.
"""
