"""A lock file that one process holds at a time; the system frees it when its holder ends, however it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from aoi_modules.errors import AoiError
from aoi_modules.machine import disk

_PAUSE = 0.02


@contextmanager
def alone(path: Path, seconds: float, taken: AoiError) -> Iterator[None]:
    """Holds the lock file `path`, and makes it where it is missing.

    Args:
        path: of the lock file.
        seconds: that another process has to leave it.
        taken: what to raise when it does not.

    Raises:
        AoiError: `taken`; or one of its class that says why the file cannot be locked at all.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise type(taken)(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error)) from None
    # No `except` reaches over the `yield`: what fails in the block is no word about the lock.
    with file:
        _wait(file, path, time.monotonic() + seconds, taken)
        yield


def _wait(file: IO[str], path: Path, end: float, taken: AoiError) -> None:
    import fcntl  # POSIX only, and only here

    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise taken from None
            time.sleep(_PAUSE)
        except OSError as error:  # some network file systems know no locks
            raise type(taken)(disk.trouble(error, path, "cannot be locked"), hint="name another disk") from None
