"""The spool as it is appended to: whoever waits together shares one `fdatasync`."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aoi_modules.errors import ResultsError, SpoolFull
from aoi_modules.lock import alone
from aoi_modules.results.spool.entries import encode
from aoi_modules.results.spool.follower import Follower
from aoi_modules.results.spool.mark import Mark, Position
from aoi_modules.results.spool.segment import Segment, full, segment_path, segment_size, segments

SEGMENT_BYTES = 64 * 2**20
"""A segment that is this large gets no further entries."""
LIGHT_BYTES = 2**18
"""So many are written in the event loop."""

OnDamage = Callable[[Path, int], None]
"""Learns of a segment, and of the offset at which it holds no whole entry."""


class Spool:
    """A log on disk. Made inside the running event loop; one process at a time uses a folder.

    Entries are appended and made safe by `fdatasync` before anybody is answered. After `kill -9` the followers read on
    from their marks: an entry may be read twice, and none is left out.

    Args:
        folder: of the segments; is made where it is missing.
        followers: their names; what all of them have passed is deleted.
        sync: whether an entry is waited for until the disk has it. Without, a power cut loses the last seconds.
        on_damage: is told where a segment holds no whole entry; the file is kept then.
        segment_bytes: see `SEGMENT_BYTES`.

    Attributes:
        end: where the next entry will stand; everything before is on disk.
        older: the numbers of the segments that are no longer written, rising.

    Raises:
        ResultsError: another process uses the folder, or it cannot be written to.
    """

    def __init__(
        self,
        folder: Path,
        followers: Sequence[str],
        *,
        sync: bool = True,
        on_damage: OnDamage = lambda path, offset: None,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._folder = folder
        self._sync = sync
        self._segment_bytes = segment_bytes
        with ExitStack() as held:
            held.enter_context(alone(folder / "lock", 0.0, _taken(folder)))
            self.older = _opened(folder)
            marks = {name: Mark(folder / f"{name}.mark") for name in followers}
            newest = max([*self.older, *(mark.position.segment for mark in marks.values())], default=0)
            self._segment = Segment(segment_path(folder, newest + 1), sync=sync)
            held.callback(lambda: self._segment.close())  # whichever it is by then
            self._held = held.pop_all()
        self.end = Position(newest + 1, 0)
        self._followers = {name: Follower(folder, mark, self, on_damage) for name, mark in marks.items()}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._closed = False

    def follower(self, name: str) -> Follower:
        """One of the followers that were named when the spool was opened."""
        return self._followers[name]

    async def append(self, record: bytes, picture: bytes = b"") -> Position:
        """Keeps an entry, and gives the position behind it. On return the disk has it.

        Raises:
            SpoolFull: the disk did not take it.
            ResultsError: the spool is closed.
        """
        if self._closed:
            raise ResultsError(f"{self._folder}: the spool is closed, so it takes nothing more")
        waiting = _Waiting(encode(record, picture), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await waiting.written

    async def close(self) -> None:
        """Writes what waits, and ends; closing twice is as good as once."""
        self._closed = True
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()
        self._held.close()

    def forget(self) -> None:
        """Deletes the segments that every follower has passed."""
        passed = min(follower.position for follower in self._followers.values())
        for number in [number for number in self.older if number < passed.segment]:
            self.older.remove(number)
            segment_path(self._folder, number).unlink(missing_ok=True)

    def size(self) -> int:
        """The bytes of all segments."""
        return sum(segment_size(self._folder, number) for number in self.older) + self.end.offset

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._write_together(batch)
        finally:
            self._writing = None

    async def _write_together(self, batch: Sequence["_Waiting"]) -> None:
        """Writes entries at once; if the disk does not take them all, one by one, so that those get in that can."""
        buffers = [buffer for waiting in batch for buffer in waiting.buffers]
        try:
            if self._segment.size >= self._segment_bytes:
                self._next_segment()
            start = self._segment.size
            size = await self._appended(buffers)
        except SpoolFull as error:
            if self._made_room():
                await self._write_together(batch)
                return
            if len(batch) == 1:
                batch[0].fail(error)
                return
            for waiting in batch:
                await self._write_together([waiting])
            return
        self.end = Position(self.end.segment, size)
        for waiting in batch:
            start += sum(map(len, waiting.buffers))
            waiting.succeed(Position(self.end.segment, start))
        for follower in self._followers.values():
            follower.wake()

    async def _appended(self, buffers: Sequence[bytes]) -> int:
        """Appends to the segment, and gives its new size; the event loop goes on during what may take long.

        A write goes into memory, which for little takes less time than to hand it to a thread: each time that a thread
        needs Python's lock it waits for the event loop. So the thread is left what waits for the disk.
        """
        in_thread = partial(asyncio.get_running_loop().run_in_executor, self._thread)
        segment, start = self._segment, self._segment.size
        light = sum(map(len, buffers)) <= LIGHT_BYTES
        size = segment.append(buffers) if light else await in_thread(segment.append, buffers)
        if self._sync:
            await in_thread(segment.wait_for_disk, start)
        return size

    def _made_room(self) -> bool:
        """Lets go of the segment that is written, if every follower has passed it, for a new one; whether it did."""
        if not self.end.offset or any(follower.behind for follower in self._followers.values()):
            return False
        try:
            self._next_segment()
        except SpoolFull:
            return False
        for follower in self._followers.values():
            follower.done(self.end)
        return True

    def _next_segment(self) -> None:
        following = Segment(segment_path(self._folder, self.end.segment + 1), sync=self._sync)
        self._segment.close()
        self._segment = following
        self.older.append(self.end.segment)
        self.end = Position(self.end.segment + 1, 0)


@dataclass(frozen=True)
class _Waiting:
    """An entry that is to be written, and whoever waits for it; they may have left."""

    buffers: Sequence[bytes]
    written: "asyncio.Future[Position]"

    def succeed(self, position: Position) -> None:
        if not self.written.done():
            self.written.set_result(position)

    def fail(self, error: SpoolFull) -> None:
        if not self.written.done():
            self.written.set_exception(error)


def _taken(folder: Path) -> ResultsError:
    return ResultsError(f"{folder}: another process uses this spool", hint="give each gateway a spool of its own")


def _opened(folder: Path) -> list[int]:
    """The segments that are there; those of runs that wrote nothing are deleted."""
    try:
        for number in segments(folder):
            if not segment_path(folder, number).stat().st_size:
                segment_path(folder, number).unlink()
        return segments(folder)
    except OSError as error:
        raise full(folder, error) from None
