"""How many processors this process may use."""

import os


def processors() -> int:
    """Counts them: all of the machine's, or those that a container or `taskset` leaves."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
