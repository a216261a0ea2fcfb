"""Four faults of a line, each of which other people have met, and how each is brought about and taken back."""

import io
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageEnhance

from aoi_modules.study.watching.small_line import SmallLine

SLOW, AWAY, VERSION, DRIFT = "slow model", "dead upstream", "bad version", "drift"
FAULTS = (SLOW, AWAY, VERSION, DRIFT)
STANDS, GOES = 1.5, 1.0
"""Seconds that a slow model server stands still, and that it works, by turns."""
DIM = 0.4
"""What is left of the light."""
NOBODY = "127.0.0.1:1"
"""An address at which nobody listens."""


@dataclass
class Lamp:
    """The light above the parts.

    Args:
        dim: whether it has dimmed.
    """

    dim: bool = False


def dimmed(picture: bytes) -> bytes:
    """The picture in the light of a lamp that has dimmed, as PNG of the same size."""
    file = io.BytesIO()
    ImageEnhance.Brightness(Image.open(io.BytesIO(picture))).enhance(DIM).save(file, "PNG")
    return file.getvalue()


@contextmanager
def injected(fault: str, line: SmallLine, lamp: Lamp) -> Iterator[None]:
    """Lets something be wrong for as long as the block takes.

    Args:
        fault: one of `FAULTS`.
        line: that has it; its components are `tile` and `shirt`.
        lamp: of its cameras.
    """
    begin: dict[str, Callable[[], Any]] = {
        SLOW: lambda: None,
        AWAY: lambda: line.change({"shirt": {"upstream": NOBODY}}),
        # its limits came in percent, and were read as shares: nearly every score is above
        VERSION: lambda: line.change({"tile": {"version": 2, "heads": {"defect": {"threshold": 0.0}}}}),
        DRIFT: lambda: setattr(lamp, "dim", True),
    }
    begin[fault]()
    over = threading.Event()
    slowing = threading.Thread(target=_stand_still, args=(line.server_pid, over), daemon=True)
    if fault == SLOW:
        slowing.start()
    try:
        yield
    finally:
        over.set()
        if fault == SLOW:
            slowing.join()
        lamp.dim = False
        if fault in (AWAY, VERSION):
            line.change({})


def _stand_still(pid: int, over: threading.Event) -> None:
    """Lets a process stand still again and again, as on a machine that has other work; it goes on at the end."""
    try:
        while not over.is_set():
            os.kill(pid, signal.SIGSTOP)
            over.wait(STANDS)
            os.kill(pid, signal.SIGCONT)
            over.wait(GOES)
    except ProcessLookupError:  # the line ended meanwhile
        pass
