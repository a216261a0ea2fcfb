"""A lock file that one process holds at a time; the system frees it when its holder ends, however it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.errors import AoiError

_PAUSE = 0.02


@contextmanager
def alone(path: Path, seconds: float, taken: AoiError) -> Iterator[None]:
    """Holds the lock file `path`, and makes it where it is missing.

    Args:
        path: of the lock file.
        seconds: that another process has to leave it.
        taken: what to raise when it does not.

    Raises:
        AoiError: `taken`.
        OSError: the file cannot be written.
    """
    import fcntl  # POSIX only, and only here

    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise taken from None
                time.sleep(_PAUSE)
        yield
