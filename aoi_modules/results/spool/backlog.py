"""How much of a spool is not yet where it belongs, seen from outside: whoever has the spool goes on meanwhile."""

from collections.abc import Sequence
from pathlib import Path

from aoi_modules.results.spool.mark import Mark
from aoi_modules.results.spool.segment import segment_size, segments


def bytes_left(folder: Path, followers: Sequence[str]) -> int:
    """The bytes that a follower has not passed yet, of the one that has the most before it.

    Args:
        folder: of the spool; 0 for one that is not there.
        followers: their names.
    """
    if not folder.is_dir():
        return 0
    return max(_left(folder, Mark(folder / f"{name}.mark")) for name in followers)


def _left(folder: Path, mark: Mark) -> int:
    at = mark.position
    unread = [number for number in segments(folder) if number >= at.segment]
    passed = at.offset if at.segment in unread else 0
    return sum(segment_size(folder, number) for number in unread) - passed
