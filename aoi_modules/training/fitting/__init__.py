"""What learns: ways of learning, losses, rare defects, and a state to go on from.

Uses `networks` and `features`.
"""
