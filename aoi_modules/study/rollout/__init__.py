"""A line while versions of its models change, and a room in a cluster for what a reader deploys.

Uses `cluster`, what `client.rollout` measures, and `plots`.
"""
