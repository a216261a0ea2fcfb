"""Round after round, until it is told to stop. What goes wrong is said once, and tried again."""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec

from aoi_modules import logs
from aoi_modules.errors import AoiError, StoreError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.modelstore.registry.signing import Trust
from aoi_modules.object_store.interface import Objects
from aoi_modules.sync.plan import Serving
from aoi_modules.sync.rounds import Done, Place, Round
from aoi_modules.sync.servers import Servers

log = logging.getLogger(__name__)
SOON_SECONDS = 1.0
"""Between two rounds where a server is about to load or leave something."""


class Stopped(Exception):
    """It was told to stop in the middle of a round, which the next start goes on with."""


class Looping:
    """A loop of rounds.

    Args:
        objects: of the registry.
        place: where it works.
        servers: to ask; may be none.
        trust: who has to have signed what is followed; None follows everybody.
        health: a file that is written at the end of each round that came to one; its age tells when that was.
        clock: gives seconds of the epoch.
    """

    def __init__(
        self,
        objects: Objects,
        place: Place,
        servers: Servers,
        *,
        trust: Trust | None = None,
        health: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._objects = objects
        self._place = place
        self._servers = servers
        self._trust = trust
        self._health = health
        self._clock = clock
        self._stopping = False
        # A signal interrupts the very thread that waits. To set an Event takes a lock, which that thread may hold just
        # then, and it would wait for ever; a SimpleQueue may be put into at any moment.
        self._orders: SimpleQueue[None] = SimpleQueue()
        self._told: tuple[str, ...] = ()
        self._served: Mapping[str, Serving] = {}

    def stop(self) -> None:
        """Ends the loop, from any thread or from a signal; a file that comes just now is left half."""
        self._stopping = True
        self._orders.put(None)

    @contextmanager
    def stopped_by_signals(self) -> Iterator[None]:
        """Lets SIGTERM and SIGINT do so in the block. The main thread calls it."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, lambda *_: self.stop()) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def once(self) -> Done:
        """Does one round.

        Raises:
            Stopped: it was told to stop.
            AoiError: see `Round.run`.
        """
        done = Round(
            self._objects, self._place, self._servers, self._clock(), trust=self._trust, going=self._go_on
        ).run()
        self._log(done)
        if self._health is not None:
            self._write_health(self._health, done)
        return done

    def run(self, every: float) -> None:
        """Does rounds until it is told to stop, `every` so many seconds; sooner where a server loads or leaves one."""
        while not self._stopping:
            pending = False
            try:
                done = self.once()
                self._tell(done.problems)
                pending = done.pending and not done.problems
            except Stopped:
                break
            except AoiError as error:  # whatever it is, what is served stays, and the next round may do better
                self._tell((error.message,))
            self._pause(min(every, SOON_SECONDS) if pending and self._servers else every)
        log.info("stopped")

    def _pause(self, seconds: float) -> None:
        with suppress(Empty):
            self._orders.get(timeout=seconds)

    def _go_on(self) -> None:
        if self._stopping:
            raise Stopped

    def _tell(self, problems: tuple[str, ...]) -> None:
        """Says problems that are new, and once that there is none any more."""
        for problem in problems:
            if problem not in self._told:
                log.error("%s; it is tried again", problem)
        if self._told and not problems:
            log.info("all is in step again")
        self._told = problems

    def _log(self, done: Done) -> None:
        """Says what was done: a line for each version, so that it is found by the version that answered."""
        for one in done.brought:
            self._about("brought", *one.rsplit(":", 1))
        if done.changed:
            log.info("%s: %s", self._place.config, in_words(done) or "no model")
            for name, serving in sorted(done.served.items()):
                before = self._served.get(name, Serving())
                for version in serving.versions:
                    labels = labels_of(serving, version)
                    if version not in before.versions or labels != labels_of(before, version):
                        self._about("served", name, version, labels=labels or None)
            self._served = done.served
        for one in done.deleted:
            self._about("deleted", *one.rsplit(":", 1))

    @staticmethod
    def _about(event: str, model: str, version: int | str, **more: str | None) -> None:
        logs.note(log, event, model=model, version=int(version), **more)

    def _write_health(self, path: Path, done: Done) -> None:
        served = {name: list(one.versions) for name, one in done.served.items()}
        try:
            told = {"time": self._clock(), "served": served, "pending": done.pending, "problems": done.problems}
            write_whole(path, msgspec.json.encode(told))
        except OSError as error:
            raise StoreError(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error)) from None


def in_words(done: Done) -> str:
    """What is served, for people: `tile 3, 4 (stable 3)`."""
    said = []
    for name, one in sorted(done.served.items()):
        labels = ", ".join(f"{label} {version}" for label, version in sorted(one.labels.items()))
        numbers = ", ".join(map(str, one.versions))
        if numbers:
            said.append(f"{name} {numbers}" + (f" ({labels})" if labels else ""))
    return "; ".join(said)


def labels_of(serving: Serving, version: int) -> str:
    """The labels of a version, for people: `canary, stable`; empty where it has none."""
    return ", ".join(sorted(label for label, labelled in serving.labels.items() if labelled == version))
