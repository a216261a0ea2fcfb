"""What only lessons show: drawings, races, probes, relays and plots.

Every part below the course may be used here, and no product part uses this one.
"""
