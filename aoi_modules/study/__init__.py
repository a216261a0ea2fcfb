"""What only lessons show: drawings, races, probes and plots.

Every product part may be used here, and no product part uses this one.
"""
