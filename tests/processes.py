"""Whether processes that a test did not start itself still run."""

import os
from pathlib import Path


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped by whoever adopted it does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.is_file() or state.read_text().rpartition(")")[2].split()[0] != "Z"
