"""What the line found, kept: every inspection on disk before it is answered, and in a database soon after.

Uses `judging` and what lies below it; knows no HTTP and no model server.
"""
