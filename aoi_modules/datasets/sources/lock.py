"""One process at a time, for work on the cache."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.errors import DataError

_PAUSE = 0.2


@contextmanager
def alone(path: Path, timeout: float) -> Iterator[None]:
    """Holds the lock file `path`; waits at most `timeout` seconds for another process to leave it.

    The system frees the lock when its holder ends, however it ends.

    Raises:
        DataError: the other process did not leave in time.
    """
    import fcntl  # POSIX only, and only here

    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + timeout
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise DataError(
                        f"{path}: another process has been working on it for {timeout:g} s",
                        hint="wait for it, or end it",
                    ) from None
                time.sleep(_PAUSE)
        yield
