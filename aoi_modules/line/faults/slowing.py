"""A process that stands still again and again, as a model server does whose machine has other work.

What slows is a process of its own that ends with its parent, and lets the other go on whatever ends it: a process that
was left standing would heed no signal but one.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

ROUND_SECONDS = 4.0
"""Shorter than what passes until a silent machine is taken for lost, as long as the share is below 1."""
_START = (
    "from aoi_modules.child_process import follow_parent; follow_parent(); "
    "from aoi_modules.line.faults.slowing import stand_still; stand_still({pid}, {share})"
)


def command(pid: int, share: float) -> Sequence[str]:
    """The command of what slows a process, as a child that ends with its parent.

    Args:
        pid: of the process.
        share: of the time that it stands still, in (0, 1].
    """
    return [sys.executable, "-c", _START.format(pid=pid, share=share)]


def stand_still(pid: int, share: float) -> None:
    """Lets a process stand still, round after round, until SIGTERM comes or the process is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(share * ROUND_SECONDS)
            os.kill(pid, signal.SIGCONT)
            time.sleep((1 - share) * ROUND_SECONDS)
    except ProcessLookupError:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
