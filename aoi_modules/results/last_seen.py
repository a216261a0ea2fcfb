"""What inspecting needs of the database, kept beside the spool as last seen: it holds on while the database is away."""

import asyncio
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import structlog

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.database.connection import Database
from aoi_modules.results.following import rest
from aoi_modules.results.record import SCHEMA, now

COPY_AGE = timedelta(minutes=1)
"""So much older than in truth a copy may say that it is, after a kill."""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What the file beside the spool holds; each kind adds what it is about."""

    time: datetime
    """When the database was last seen to have this."""
    schema: int = SCHEMA


Copied = TypeVar("Copied", bound=Copy)


class LastSeen(ABC, Generic[Copied]):
    """One thing as it was last seen. Made inside the running event loop.

    Args:
        database: of the results.
        path: of the copy.
        log: learns what is read from where.

    Attributes:
        away_since: when the database was last seen; None while it answers.
    """

    what: str
    """A noun for the log: `limits`."""
    in_words: str
    """The same in a sentence: `the limits that people set`."""
    kind: type[Copied]
    look_seconds = 1.0
    """How often the database is looked at: so long a change at another gateway may go unseen."""

    def __init__(self, database: Database, path: Path, log: structlog.stdlib.BoundLogger) -> None:
        self._database = database
        self._path = path
        self._log = log
        self._copy: Copied | None = None
        self._written = now()
        self._writing = asyncio.Lock()
        self.away_since: datetime | None = None

    @abstractmethod
    async def read(self, database: Database, known: Copied | None, moment: datetime) -> Copied:
        """Reads it.

        Args:
            database: of the results.
            known: what was seen last; given back as it is where nothing has changed.
            moment: when it is looked at, for a new copy.

        Raises:
            DatabaseAway: the database does not answer.
        """

    @abstractmethod
    def use(self, copy: Copied) -> None:
        """Goes by a copy from now on."""

    async def start(self) -> None:
        """Reads it from the database, or else from the copy.

        Raises:
            ResultsError: there is neither.
        """
        try:
            await self.look()
        except DatabaseAway as error:
            copy = self._read_copy()
            if copy is None:
                raise ResultsError(
                    f"{error.message}; and {self._path} has no copy of {self.in_words}",
                    hint="start the gateway when the database is there; from then on it has a copy",
                ) from None
            self._copy = copy
            self.use(copy)
            self.away_since = copy.time
            self._log.warning(f"{self.what} from the copy", file=str(self._path), seen=copy.time.isoformat())

    async def look(self) -> None:
        """Reads what has changed in the database.

        Raises:
            DatabaseAway: it does not answer; what was seen last goes on to hold.
        """
        moment = now()
        found = await self.read(self._database, self._copy, moment)
        if found is not self._copy:
            self._copy = found
            self.use(found)
            await self._write_copy()
        else:
            self._copy = msgspec.structs.replace(found, time=moment)
            if moment - self._written >= COPY_AGE:
                await self._write_copy()
        self.away_since = None

    async def look_again(self) -> None:
        """Reads what has changed; while the database does not answer, what was seen last goes on to hold."""
        try:
            await self.look()
        except DatabaseAway:  # told by `Storing`, which cannot do without it either
            if self.away_since is None and self._copy is not None:
                self.away_since = self._copy.time
                await self._write_copy()

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks again and again, until it is told to stop."""
        while not await rest(stopping, self.look_seconds):
            await self.look_again()

    def _read_copy(self) -> Copied | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=self.kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise ResultsError(
                f"{self._path}: expected the {self.what} as this gateway last saw them: {error}"
            ) from None

    async def _write_copy(self) -> None:
        """Writes the copy in a thread: the disk may take a while, in which the loop serves others.

        One after the other, and each what is the newest then: of two at once the older one might come to lie on top.
        """
        async with self._writing:
            self._written = now()
            try:
                await asyncio.to_thread(write_whole, self._path, msgspec.json.encode(self._copy))
            except OSError as error:  # the disk is full: it goes on with what it knows, a restart with the last copy
                self._log.error(f"{self.what} not copied", file=str(self._path), detail=str(error))
