"""One process at a time, for work on the cache."""

from contextlib import AbstractContextManager
from pathlib import Path

from aoi_modules import lock
from aoi_modules.errors import DataError


def alone(path: Path, timeout: float) -> AbstractContextManager[None]:
    """Holds the lock file `path`; waits at most `timeout` seconds for another process to leave it.

    Raises:
        DataError: the other process did not leave in time, or the file cannot be locked.
    """
    taken = DataError(
        f"{path}: another process has been working on it for {timeout:g} s", hint="wait for it, or end it"
    )
    return lock.alone(path, timeout, taken)
