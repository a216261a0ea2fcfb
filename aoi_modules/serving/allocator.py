"""The C library's allocator, which the engines take memory from: fewer arenas, so that reloads do not add up."""

import ctypes
import os

from aoi_modules.settings import settings

ARENAS_A_PROCESSOR = 2
"""glibc's own number is eight; each arena grows to the greatest load that it ever met, and after 20 reloads the server
had taken an eighth more. With half as many as here, gRPC's threads wait for each other, and it is 15 % slower."""
_M_ARENA_MAX = -8


def limit_arenas(processors: int) -> None:
    """Keeps the allocator to two arenas a processor; to be called before the first thread.

    It does nothing where the user has chosen a number, and nothing for allocators other than glibc's.
    """
    given = settings()
    if given.malloc_arenas or "glibc.malloc.arena_max" in given.glibc_tunables:
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS_A_PROCESSOR * processors)
