"""The line from its start to its end: what has to be there, its parts, its cameras, and an orderly end."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol

from aoi_modules.errors import AoiError
from aoi_modules.line import ports as choosing
from aoi_modules.line import routing, servables, shelf
from aoi_modules.line.camera import Camera, Plan, Taken
from aoi_modules.line.faults.kinds import Fault, Shares
from aoi_modules.line.home import Home, at_home
from aoi_modules.line.parts import Parts
from aoi_modules.line.pictures import Deck, has_pictures, held_out
from aoi_modules.line.ports import HOST, Ports
from aoi_modules.line.servables import Servable
from aoi_modules.line.starting import Starter
from aoi_modules.line.table import Row, rows_of
from aoi_modules.line.tally import Tally
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.progress import Say
from aoi_modules.results.database.connection import parse_url

_TICK_SECONDS = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Options:
    """How a line runs.

    Args:
        home: folder of all that it keeps.
        artifacts_dir: what the course left.
        port: of the first gateway; 0 takes free ones.
        serving_port: of the model server; 0 takes free ones.
        database: URL of the gateways' database; None for a file of SQLite at home.
        rate: pictures a second, of all cameras together.
        defects: share of the parts that have a defect, in [0, 1].
        faults: share of the pictures, or of the time, with each fault.
    """

    home: Path
    artifacts_dir: Path
    port: int
    serving_port: int
    database: str | None
    rate: float
    defects: float
    faults: Shares


class Teller(Protocol):
    """Who tells people or programs what happens. `taken` and `trouble` come from the threads of the cameras."""

    def note(self, line: str) -> None:
        """Tells of something on the way."""

    def ready(self, rows: Sequence[Row], page: str) -> None:
        """Tells what runs where, once all of it does."""

    def taken(self, taken: Taken) -> None:
        """Tells of a picture that was inspected."""

    def trouble(self, line: str) -> None:
        """Tells why a picture got no answer."""

    def tick(self, tally: Tally) -> None:
        """Is called some times a second."""

    def ended(self, tally: Tally) -> None:
        """Tells that all has ended in order."""


def run(options: Options, teller: Teller) -> None:
    """Runs the line until SIGINT or SIGTERM, and then ends it in order. The main thread calls it.

    Raises:
        AoiError: something that it needs cannot be had, or a part ended. Nothing is left running.
    """
    if options.database is not None:
        parse_url(options.database)
    tally, signals = Tally(), _Signals()
    with signals.heeded(), at_home(options.home) as home:
        with suppress(_Stopped):
            _Run(home, options, teller, tally, signals).until_stopped()
        teller.ended(tally)


class _Stopped(BaseException):
    """A signal came. No `except Exception` on its way may take it for a fault."""


class _Signals:
    """The first one ends what the main thread does, by `_Stopped`; further ones do nothing, nor any after `ignore`."""

    def __init__(self) -> None:
        self._over = False  # no Event: its lock may be held by the very thread that a signal interrupts

    def ignore(self) -> None:
        """Lets the end go on undisturbed."""
        self._over = True

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Heeds SIGINT and SIGTERM in the block."""
        before = [signal.signal(number, self._stop) for number in _SIGNALS]
        try:
            yield
        finally:
            for number, handler in zip(_SIGNALS, before, strict=True):
                signal.signal(number, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._over:
            self._over = True
            raise _Stopped


@dataclass(frozen=True)
class _Run:
    """One run of a line."""

    home: Home
    options: Options
    teller: Teller
    tally: Tally
    signals: _Signals

    def until_stopped(self) -> None:
        """From what has to be there to cameras that send; ends only by an error or by a signal."""
        ports = choosing.choose(self.options.port, self.options.serving_port)
        found = servables.of_course(self.options.artifacts_dir) or servables.trained(self.home, self.teller.note)
        for pushed in shelf.fill(self.home, found):
            self.teller.note(f"pushed {pushed} to {self.home.registry}")
        write_whole(self.home.routes, routing.text_of(found, ports.grpc).encode())
        with Parts() as parts, ExitStack() as cameras:
            try:
                self._work(ports, found, parts, cameras)
            finally:
                self.signals.ignore()

    def _work(self, ports: Ports, found: Sequence[Servable], parts: Parts, cameras: ExitStack) -> None:
        shown = [one for one in found if has_pictures(one)]
        decks = _Decks(shown, self.teller.note)
        starter = Starter(self.home, ports, self.options.database, parts, self.teller.note)
        missing = self._start(starter, parts)
        rows = rows_of(parts.all, missing, found, registry=str(self.home.registry), database=self._database)
        self.teller.ready(rows, f"http://{HOST}:{ports.pages}/")
        if shown:
            parts.wait(decks.any, "test pictures")
            for camera in self._cameras(ports, decks.ready):
                cameras.enter_context(camera)
        else:
            self.teller.note(
                "no camera sends: none of these models learnt from a data set whose pictures are known here"
            )
        while True:
            parts.check()
            decks.check()
            self.teller.tick(self.tally)
            time.sleep(_TICK_SECONDS)

    @property
    def _database(self) -> str:
        return self.options.database or str(self.home.database)

    def _start(self, starter: Starter, parts: Parts) -> list[str]:
        """Starts everything at once as far as nothing waits for another; returns what is not installed."""
        missing = starter.watchers()
        starter.sync()
        starter.server()
        starter.gateways()
        parts.wait_for_all()
        if share := self.options.faults.get(Fault.SLOW):
            starter.slow_model(share)
        return missing

    def _cameras(self, ports: Ports, decks: Sequence[Deck]) -> Iterator[Camera]:
        """A camera before each gateway; together they keep the rate."""
        gateways = (ports.pages, ports.second)
        plan = Plan(self.options.rate / len(gateways), self.options.defects, self.options.faults)
        told = self.tally, self.teller.taken, self.teller.trouble
        for number, port in enumerate(gateways, 1):
            yield Camera(f"camera-{number}", f"http://{HOST}:{port}", decks, plan, *told)


class _Decks:
    """Test pictures, loaded beside the start of the parts.

    Args:
        wanted: servables for which there are pictures.
        note: is told, from another thread, of pictures that are drawn.

    Attributes:
        ready: those that are loaded; it grows.
    """

    def __init__(self, wanted: Sequence[Servable], note: Say) -> None:
        self.ready: list[Deck] = []
        self._wanted, self._note = wanted, note
        self._error: AoiError | None = None
        threading.Thread(target=self._load, name="test pictures", daemon=True).start()

    def any(self) -> bool:
        """Whether there is one.

        Raises:
            AoiError: see `check`.
        """
        self.check()
        return bool(self.ready)

    def check(self) -> None:
        """Looks whether loading failed.

        Raises:
            AoiError: it did.
        """
        if self._error is not None:
            raise self._error

    def _load(self) -> None:
        try:
            for servable in sorted(self._wanted, key=lambda one: one.name != servables.TILE):
                deck = held_out(servable)
                if deck.stand_in:
                    self._note(f"the pictures of {deck.component} are drawn: its data set is not on this machine")
                self.ready.append(deck)
        except AoiError as error:
            self._error = error
