"""Many objects asked for at a time, since each answer is mostly waited for."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aoi_modules.object_store.bucket import CONNECTIONS

Given = TypeVar("Given")
Found = TypeVar("Found")


def side_by_side(act: Callable[[Given], Found], things: Iterable[Given]) -> list[Found]:
    """Does something with each thing, some at a time; after one that fails no others are begun.

    Returns:
        What came out, in the order of the things.
    """
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="objects") as threads:
        try:
            return list(threads.map(act, things))
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
