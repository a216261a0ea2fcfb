"""Model servers started for others: ours as a child process, the real one in Docker.

Uses `child_process`, the flags and the model configuration.
"""
