"""From the spool to where entries belong: batch by batch, in order, and again after whatever went wrong."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from aoi_modules.errors import ResultsError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.spool.follower import Follower, Found
from aoi_modules.results.spool.mark import Position

BATCH = 500
"""Entries at a time, at most."""
GATHER_SECONDS = 0.2
"""How long the first entry waits for others that go with it, unless somebody asks for it: a batch costs the disk much
more than an entry."""
BUSY, BUSY_SECONDS = 50, 0.5
"""After a batch of so many the next ones wait for longer, as the event loop has better things to do then."""
PAUSE_SECONDS = 1.0
"""Between two tries to reach a place that is away."""


@dataclass(frozen=True)
class Place:
    """Where entries go, in the words of the log.

    Args:
        name: `database`.
        gone: what is raised while it is away.
        one: of what it gets: `record`.
        many: of them: `results`.
        taken: what becomes of them: `stored`.
    """

    name: str
    gone: type[ResultsError]
    one: str
    many: str
    taken: str


class Following(ABC):
    """Takes what the spool has to one place. Made inside the running event loop.

    An entry that the place refuses for ever is put into a file, so that it holds up no other. Whatever else goes wrong
    is tried again until it goes well.

    Args:
        follower: of the spool.
        place: where entries go.
        refused: folder of the files for what cannot be taken.
        log: learns when the place is away and back, and what was refused.
        pictures: whether the place gets the pictures of entries, too.

    Attributes:
        away: why nothing is taken now: what is wrong with the place, or with the disk; empty while all is well.
        refusals: entries that went to `refused`.
    """

    def __init__(
        self,
        follower: Follower,
        place: Place,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        *,
        pictures: bool = False,
    ) -> None:
        self._follower = follower
        self._place = place
        self._refused = refused
        self._log = log
        self._pictures = pictures
        self._moved = asyncio.Condition()
        self._asked_for = 0
        self._latest = 0
        self._hurry = asyncio.Event()
        self.away = ""
        self.refusals = 0

    @abstractmethod
    async def take(self, found: Sequence[Found]) -> None:
        """Takes entries to the place, which may have got some of them before.

        Raises:
            ResultsError: it is away; all of them will be given again.
        """

    async def run(self) -> None:
        """Takes entries until it is cancelled."""
        while True:
            await self._follower.wait()
            await self._gather()
            await self.went_well(self._take_some)
            async with self._moved:
                self._moved.notify_all()

    def bytes_behind(self) -> int:
        """How many bytes of the spool the place has not got yet."""
        return self._follower.bytes_behind()

    async def until(self, position: Position, seconds: float) -> bool:
        """Waits until everything before a position is taken; whether it was in time."""
        self._asked_for += 1
        self._hurry.set()
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self._follower.position >= position)
        except TimeoutError:
            return False
        finally:
            self._asked_for -= 1
        return True

    async def went_well(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Does something with the place; if that is away, or a disk fails, notes it, rests and says no."""
        try:
            await work()
        except (ResultsError, OSError) as error:
            message = error.message if isinstance(error, ResultsError) else str(error)
            if not self.away:
                is_away = isinstance(error, self._place.gone)
                said = f"{self._place.name} away" if is_away else f"{self._place.many} cannot be {self._place.taken}"
                self._log.error(said, detail=message)
            self.away = message
            await asyncio.sleep(PAUSE_SECONDS)
            return False
        if self.away:
            self._log.info(f"{self._place.many} are {self._place.taken} again")
            self.away = ""
        return True

    def put_aside(self, entry: Found, suffix: str, content: bytes, reason: object) -> Path:
        """Puts what the place refuses for ever into a file, and gives its path.

        Raises:
            OSError: the file cannot be written.
        """
        path = self._refused / f"{entry.position.segment:010}-{entry.position.offset}{suffix}"
        write_whole(path, content)
        self.refusals += 1
        self._log.error(f"{self._place.one} refused", file=str(path), detail=str(reason))
        return path

    async def _gather(self) -> None:
        """Waits for further entries, unless somebody waits for those that are there, or there are enough."""
        if self._asked_for or self._latest >= BATCH:
            return
        self._hurry.clear()
        try:
            async with asyncio.timeout(BUSY_SECONDS if self._latest >= BUSY else GATHER_SECONDS):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _take_some(self) -> None:
        found = await self._follower.read(BATCH, pictures=self._pictures)
        self._latest = len(found)
        if found:
            await self.take(found)
            self._follower.done(found[-1].position)


async def rest(stopping: asyncio.Event, seconds: float) -> bool:
    """Waits for so long, or until it is told to stop; whether it was."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return False
    return True
