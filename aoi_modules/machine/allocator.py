"""The C library's allocator, of which both servers have memory: fewer arenas, so that their peaks do not add up."""

import ctypes
import os
from collections.abc import Callable

ARENAS_A_PROCESSOR = 2
"""glibc's own number is eight; each arena grows to the greatest load that it ever met, and after 20 reloads the server
had taken an eighth more. With half as many as here, gRPC's threads wait for each other, and it is 15 % slower."""
_M_ARENA_MAX = -8


def limit_arenas(processors: int) -> None:
    """Keeps the allocator to two arenas a processor; to be called before the first thread.

    It does nothing for allocators other than glibc's.
    """
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS_A_PROCESSOR * processors)


def give_back() -> None:
    """Gives freed memory back to the system: loading a model leaves hundreds of megabytes that nobody uses again.

    It does nothing for allocators other than glibc's.
    """
    malloc_trim = _function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


def _function(name: str) -> Callable[[*tuple[int, ...]], int] | None:
    """A function of the C library; None where it has none of that name."""
    found: Callable[[*tuple[int, ...]], int] | None = None
    if os.name == "posix":
        found = getattr(ctypes.CDLL(None), name, None)
    return found
