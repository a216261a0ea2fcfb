"""Reading the spool in its order, from a mark on."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aoi_modules.results.spool.entries import Damaged, find_entry, read_entries
from aoi_modules.results.spool.mark import Mark, Position
from aoi_modules.results.spool.segment import segment_path, segment_size

_DAMAGED = ".damaged"


class Followed(Protocol):
    """What a follower has to know of its spool."""

    @property
    def end(self) -> Position:
        """Everything before is on disk."""

    @property
    def older(self) -> Sequence[int]:
        """The segments that are no longer written."""

    def forget(self) -> None:
        """Deletes what every follower has passed."""


@dataclass(frozen=True)
class Found:
    """An entry that was read, and the position behind it."""

    record: bytes
    picture: bytes
    position: Position


class Follower:
    """Reads the entries of a spool in their order, and remembers how far it came.

    Args:
        folder: of the segments.
        mark: how far it has come.
        spool: that it follows.
        on_damage: is told where a segment holds no whole entry.
    """

    def __init__(self, folder: Path, mark: Mark, spool: Followed, on_damage: Callable[[Path, int], None]) -> None:
        self._folder = folder
        self._mark = mark
        self._spool = spool
        self._on_damage = on_damage
        self._more = asyncio.Event()

    @property
    def position(self) -> Position:
        """Everything before is done."""
        return self._mark.position

    @property
    def behind(self) -> bool:
        """Whether there is something to read."""
        return self.position < self._spool.end

    def bytes_behind(self) -> int:
        """How many bytes there are to read."""
        end, at = self._spool.end, self.position
        unread = [number for number in self._spool.older if number >= at.segment]
        passed = at.offset if at.segment in (*unread, end.segment) else 0
        return sum(segment_size(self._folder, number) for number in unread) + end.offset - passed

    def wake(self) -> None:
        """Says that there is something to read."""
        self._more.set()

    async def wait(self) -> None:
        """Returns when there is something to read."""
        while not self.behind:
            self._more.clear()
            await self._more.wait()

    async def read(self, count: int, *, pictures: bool = False, most_bytes: int = 32 * 2**20) -> list[Found]:
        """Reads entries from the mark on, which stays where it is.

        Args:
            count: of entries, at most.
            pictures: whether their pictures are read, too.
            most_bytes: of records and pictures; one entry is read whatever its size.

        Raises:
            OSError: the disk cannot be read.
        """
        end, older = self._spool.end, list(self._spool.older)
        found = await asyncio.to_thread(self._read, end, older, count, pictures, most_bytes)
        if not found:  # what there was is damaged, or segments ended here
            self.done(end)
        return found

    def done(self, position: Position) -> None:
        """Moves the mark: everything before the position is done, and may be deleted."""
        self._mark.move(position)
        self._spool.forget()

    def _read(self, end: Position, older: Sequence[int], count: int, pictures: bool, most_bytes: int) -> list[Found]:
        found: list[Found] = []
        for number in [number for number in [*older, end.segment] if number >= self.position.segment]:
            start = self.position.offset if number == self.position.segment else 0
            path = segment_path(self._folder, number)
            stop = end.offset if number == end.segment else segment_size(self._folder, number)
            for entry in self._entries(path, number, start, stop, pictures):
                found.append(entry)
                most_bytes -= len(entry.record) + len(entry.picture)
                if len(found) >= count or most_bytes <= 0:
                    return found
        return found

    def _entries(self, path: Path, number: int, start: int, stop: int, pictures: bool) -> Iterator[Found]:
        """The whole entries of a segment. Damaged ones are passed over, and the file is kept under another name."""
        at: int | None = start
        if start >= stop:
            return
        with path.open("rb") as file:
            while at is not None:
                try:
                    for entry in read_entries(file, at, stop, pictures=pictures):
                        yield Found(entry.record, entry.picture, Position(number, entry.end))
                    return
                except Damaged as damage:
                    self._keep(path, damage.offset)
                    at = find_entry(file, damage.offset + 1, stop)

    def _keep(self, path: Path, offset: int) -> None:
        kept = path.with_suffix(_DAMAGED)
        if not kept.exists():
            try:
                os.link(path, kept)
            except OSError:  # some file systems know no second name
                shutil.copyfile(path, kept)
            self._on_damage(kept, offset)
