"""What learns: the two ways of learning, losses, rare labels, and a state on the disk to go on from.

Uses `plan`, `networks` and `features`.
"""
