"""Who may come in: so many inspections of a component at once, so many more wait, and all others are told so."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aoi_modules.errors import Crowded
from aoi_modules.machine import disk


class Admission:
    """Turns in the order of arrival.

    Args:
        what: has turns, in messages: `units`.
        at_once: how many hold a turn; None for any number.
        waiting: that may wait for a turn.
    """

    def __init__(self, what: str, at_once: int | None, waiting: int) -> None:
        self._what = what
        self._at_once = at_once
        self._max_waiting = waiting
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def change(self, at_once: int | None, waiting: int) -> None:
        """Sets other limits; who is in or waits may stay."""
        self._at_once, self._max_waiting = at_once, waiting
        self._let_in()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, seconds: float) -> AsyncIterator[float]:
        """Waits for a turn, holds it, and gives the seconds that are left of the wait.

        Args:
            seconds: how long to wait.

        Raises:
            Crowded: too many wait already, or the turn did not come in time.
        """
        left = await self.come(seconds)
        try:
            yield left
        finally:
            self.go()

    async def come(self, seconds: float) -> float:
        """Waits for a turn, and gives the seconds that are left of the wait; see `turn`."""
        if self._free() and not self._waiting:
            self._under_way += 1
            return seconds
        began = time.monotonic()
        await self._wait(seconds)
        return max(began + seconds - time.monotonic(), 0.001)

    def go(self) -> None:
        """Gives a turn back."""
        self._under_way -= 1
        self._let_in()

    async def _wait(self, seconds: float) -> None:
        if len(self._waiting) >= self._max_waiting:
            raise Crowded(f"{self._under_way} {self._what} are under way, and {self.waiting} wait already")
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            self._leave(turn)
            raise Crowded(f"no turn within {seconds:.3g} s: too many {self._what} at once") from None
        except asyncio.CancelledError:
            self._leave(turn)
            raise

    def _free(self) -> bool:
        return self._at_once is None or self._under_way < self._at_once

    def _let_in(self) -> None:
        while self._waiting and self._free():
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)

    def _leave(self, turn: "asyncio.Future[None]") -> None:
        """Gives up: a turn that came in the same moment goes to the next one."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif turn.done() and not turn.cancelled():
            self._under_way -= 1
            self._let_in()


class Memory:
    """Bytes that may be held at a time.

    Args:
        what: is held, in messages: `messages`.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._held = 0

    @contextmanager
    def held(self, size: int, most: int) -> Iterator[None]:
        """Holds so many bytes.

        Args:
            size: of what is held.
            most: that all together may have.

        Raises:
            Crowded: they would have more.
        """
        if self._held + size > most:
            held, more = disk.size(self._held), disk.size(size)
            raise Crowded(f"{held} of {self._what} are held, and {more} more than {disk.size(most)} allow")
        self._held += size
        try:
            yield
        finally:
            self._held -= size
