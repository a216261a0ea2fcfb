"""From the outbox to one sink: oldest first, at least once, and again after whatever went wrong.

A sink that takes nothing loses nothing: letters wait for it in their order. A letter that it does not take although it
takes others holds them up for `PATIENCE_SECONDS` and `MOST_TRIES`, and is set aside then, as one that it refuses.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from aoi_modules.errors import AoiError, DatabaseAway
from aoi_modules.machine import disk
from aoi_modules.results.database import outbox
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.following import rest
from aoi_modules.results.record import now
from aoi_modules.results.sinks.delivery import TAKEN, Answer, Delivery, Fate, Sender
from aoi_modules.results.sinks.held import Held
from aoi_modules.results.sinks.set_aside import set_aside

IDLE_SECONDS = 1.0
"""Between two looks into an outbox that was empty, if nothing wakes the forwarder before."""
COMMIT_SECONDS = 0.05
"""From the word that letters come to a look: they are not there before their rows."""
TURN_SECONDS = 0.02
"""Between letters where many wait: the line, which has the same event loop, comes first."""
DATABASE_SECONDS = 1.0
"""Between two tries to reach a database that is away."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds between two tries to reach a sink that is away: longer each time."""
COUNT_SECONDS = 5.0
"""Between two counts of many letters that wait."""
LAST_SECONDS = 5.0
"""How long the end may wait for receipts."""

_UNASKED = "not asked yet"

Numbered = tuple[int, Letter]


class Forwarder:
    """Sends what a gateway has for one sink. Made inside the running event loop.

    Args:
        name: of the sink.
        sender: brings letters there; is closed at the end.
        database: that has the outbox.
        gateway: whose letters are sent.
        aside: folder for letters that the sink refuses for ever.
        log: learns when the sink is away and back, and what was refused.
        held: counts how often a letter is tried; None for as often as `held` says.

    Attributes:
        waiting: letters that were in the outbox when it was looked into last.
        sent: letters that the sink has taken.
        refused: letters that were set aside.
        away: why the sink takes nothing, in a sentence; empty while it takes letters.
        since: when that became so.
    """

    def __init__(
        self,
        name: str,
        sender: Sender,
        database: Database,
        gateway: str,
        aside: Path,
        log: structlog.stdlib.BoundLogger,
        held: Held | None = None,
    ) -> None:
        self.name = name
        self._sender = sender
        self._database = database
        self._gateway = gateway
        self._aside = aside
        self._log = log
        self._held = held or Held()
        self.waiting = self.sent = self.refused = 0
        self.away = _UNASKED
        self.since = now()
        self._more = asyncio.Event()
        self._ending = asyncio.Event()
        self._tries = 0
        self._counted = 0.0
        self._probes = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to send."""
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._note_end)

    def wake(self) -> None:
        """Says that letters come."""
        self._more.set()

    async def close(self) -> None:
        """Waits for what is under way, though not for long, and hangs up. What is not sent stays in the outbox."""
        self._ending.set()
        self._more.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=LAST_SECONDS)
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._sender.close()

    async def _run(self) -> None:
        while not self._ending.is_set():
            self._more.clear()
            letters = await self._oldest()
            delivery = await self._deliver([letter for _, letter in letters])
            delivery = await self._told_apart(letters, delivery)
            done, trouble = await self._settled(letters, delivery)
            await self._forget(done)
            self._note(trouble or delivery.away)
            if self.away:
                await self._back_off(delivery.pause, progress=bool(done))
            elif len(letters) < self._sender.at_once:
                await self._until_more()
            else:
                await rest(self._ending, TURN_SECONDS)

    async def _oldest(self) -> list[Numbered]:
        found: list[Numbered] = []

        async def look() -> None:
            found.extend(await outbox.oldest(self._database, self._gateway, self.name, self._sender.at_once))
            self.waiting = len(found) if len(found) < self._sender.at_once else await self._count()

        await self._answered(look)
        return found

    async def _count(self) -> int:
        """Counts what waits, but not each time: that takes longer the more it is."""
        if time.monotonic() - self._counted < COUNT_SECONDS:
            return max(self.waiting, self._sender.at_once)
        counted = await outbox.waiting(self._database, self._gateway, self.name)
        self._counted = time.monotonic()
        return counted

    async def _deliver(self, letters: Sequence[Letter]) -> Delivery:
        try:
            return await self._sender.deliver(letters)
        except Exception as error:  # a mistake of ours must not end the way out of all that comes after
            if not isinstance(error, AoiError):
                self._log.exception("sending failed", sink=self.name)
            return Delivery([None] * len(letters), away=f"sending failed: {type(error).__name__}: {error}")

    async def _told_apart(self, letters: Sequence[Numbered], delivery: Delivery) -> Delivery:
        """Finds out about a letter that was tried often and for long: is it to blame, or does the sink take nothing?

        If the sink takes another letter, and then again not this one, it counts as refused.
        """
        self._held.keep({number for number, _ in letters})
        answers = list(delivery.answers)
        held = [at for at, answer in enumerate(answers) if answer is not None and answer.fate is Fate.HELD]
        for at in held:
            self._held.note(letters[at][0])
        late = [at for at in held if self._held.overdue(letters[at][0])]
        if late and TAKEN not in answers:
            answers, late = await self._probed(letters, answers, late[0])
        if not late:
            return replace(delivery, answers=answers)
        for at in late:
            answers[at] = self._refusal(letters[at][0], answers[at])
        return Delivery(answers)

    async def _probed(
        self, letters: Sequence[Numbered], answers: list[Answer | None], late: int
    ) -> tuple[list[Answer | None], list[int]]:
        """Tries one of the letters behind that which is late, each time another one, and if it is taken, that again.

        Gives the answers, and the place of the letter that is late if it is to blame.
        """
        unknown = [at for at, answer in enumerate(answers) if answer is None]
        if not unknown:
            return answers, []
        another = unknown[self._probes % len(unknown)]
        self._probes += 1
        for at in (another, late):
            (answers[at],) = (await self._deliver([letters[at][1]])).answers
            if at == another and answers[at] != TAKEN:
                return answers, []
        answer = answers[late]
        return answers, [late] if answer is not None and answer.fate is Fate.HELD else []

    def _refusal(self, number: int, answer: Answer | None) -> Answer:
        reason = "" if answer is None else f"{answer.reason}; "
        return Answer(Fate.REFUSED, f"{reason}{self._held.story(number)}, while others were taken")

    async def _settled(self, letters: Sequence[Numbered], delivery: Delivery) -> tuple[list[int], str]:
        """Sets aside what was refused. Gives the numbers of the letters that are done, and what went wrong."""
        done: list[int] = []
        trouble = ""
        for (number, letter), answer in zip(letters, delivery.answers, strict=True):
            if answer is None or answer.fate is Fate.HELD:
                continue
            if answer.fate is Fate.TAKEN:
                self.sent += 1
                done.append(number)
            else:
                failure = await self._set_aside(letter, answer.reason)
                trouble = trouble or failure
                done += [] if failure else [number]
        return done, trouble

    async def _set_aside(self, letter: Letter, reason: str) -> str:
        try:
            path = await asyncio.to_thread(set_aside, self._aside, letter, reason)
        except OSError as error:
            return disk.trouble(error, self._aside, "cannot be written")
        self.refused += 1
        self._log.error("letter refused", sink=self.name, about=letter.about, file=str(path), detail=reason)
        return ""

    async def _forget(self, numbers: Sequence[int]) -> None:
        """Takes letters out of the outbox. While the database is away nothing else is sent."""
        while numbers and not await self._answered(lambda: outbox.taken(self._database, numbers)):
            if self._ending.is_set():
                return
        self.waiting = max(0, self.waiting - len(numbers))

    async def _answered(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Does something with the database, whose troubles are told by those who store; rests if it is away."""
        try:
            await work()
        except (DatabaseAway, SQLAlchemyError):  # the latter where two writers were in each other's way
            await rest(self._ending, DATABASE_SECONDS)
            return False
        return True

    def _note(self, away: str) -> None:
        if bool(away) is not bool(self.away) or self.away == _UNASKED:
            self.since = now()
            if away:
                self._log.error("sink away", sink=self.name, detail=away)
            else:
                self._log.info("sink there", sink=self.name)
        self.away = away

    async def _back_off(self, pause: float | None, *, progress: bool) -> None:
        """Waits before the sink is asked again: as long as it says, else longer each time."""
        self._tries = 0 if progress else self._tries + 1
        if pause is None:
            longest = min(SHORTEST_PAUSE * 2.0 ** min(self._tries - 1, 10), LONGEST_PAUSE)
            pause = 0.0 if progress else random.uniform(longest / 2, longest)
        await rest(self._ending, pause)

    def _note_end(self, task: "asyncio.Task[None]") -> None:
        """What ends the sending but `close` is a mistake of ours; it must not go unseen."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.away = f"{type(error).__name__}: {error}"
            self._log.critical("sending ended", sink=self.name, exc_info=error)

    async def _until_more(self) -> None:
        self._tries = 0
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._more.wait()
        except TimeoutError:
            return
        await rest(self._ending, COMMIT_SECONDS)
