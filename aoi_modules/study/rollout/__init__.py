"""Pictures of a line while versions of its models change.

Uses what `client.rollout` measured.
"""
