"""The limits in force as a gateway saw them last: those it judges by while the database is away."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import msgspec
import structlog

from aoi_modules.errors import DatabaseAway, ResultsError
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.database.connection import Database
from aoi_modules.results.following import rest
from aoi_modules.results.limits.ledger import in_force, last_number
from aoi_modules.results.limits.setting import Setting, by_model
from aoi_modules.results.record import SCHEMA, now

LOOK_SECONDS = 1.0
"""So long after a change at another gateway parts may still be judged by the limits before it."""
COPY_AGE = timedelta(minutes=1)
"""So much older than in truth a copy may say that it is, after a kill."""
_NONE: Mapping[str, HeadLimits] = MappingProxyType({})


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What the file beside the spool holds."""

    time: datetime
    """When the database was last seen to have these."""
    settings: tuple[Setting, ...]
    schema: int = SCHEMA


class LastSeen:
    """The limits in force. Made inside the running event loop.

    Args:
        database: of the results.
        path: of the copy.
        log: learns what is read from where.

    Attributes:
        away_since: when the database was last seen; None while it answers.
    """

    def __init__(self, database: Database, path: Path, log: structlog.stdlib.BoundLogger) -> None:
        self._database = database
        self._path = path
        self._log = log
        self._copy: Copy | None = None
        self._limits: dict[tuple[str, str, int], dict[str, HeadLimits]] = {}
        self._written = now()
        self.away_since: datetime | None = None

    async def start(self) -> None:
        """Reads the limits, from the database or else from the copy.

        Raises:
            ResultsError: there is neither. Nobody knows by which limits to judge.
        """
        try:
            await self.look()
        except DatabaseAway as error:
            copy = self._read_copy()
            if copy is None:
                raise ResultsError(
                    f"{error.message}; and {self._path} has no copy of the limits that people set",
                    hint="start the gateway when the database is there; from then on it has a copy",
                ) from None
            self._use(copy)
            self.away_since = copy.time
            self._log.warning("limits from the copy", file=str(self._path), seen=copy.time.isoformat())

    async def look(self) -> None:
        """Reads what has changed in the database.

        Raises:
            DatabaseAway: it does not answer; what was seen last goes on to hold.
        """
        moment = now()
        number = await last_number(self._database)
        known = 0 if self._copy is None else max((one.number for one in self._copy.settings), default=0)
        if self._copy is None or number != known:
            self._use(Copy(time=moment, settings=tuple(await in_force(self._database))))
            self._write_copy()
        else:
            self._copy = msgspec.structs.replace(self._copy, time=moment)
            if moment - self._written >= COPY_AGE:
                self._write_copy()
        self.away_since = None

    async def look_again(self) -> None:
        """Reads what has changed; while the database does not answer, what was seen last goes on to hold."""
        try:
            await self.look()
        except DatabaseAway:  # told by `Storing`, which cannot do without it either
            if self.away_since is None and self._copy is not None:
                self.away_since = self._copy.time
                self._write_copy()

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks again and again, until it is told to stop."""
        while not await rest(stopping, LOOK_SECONDS):
            await self.look_again()

    def of(self, component: str, model: str, version: int | None) -> Mapping[str, HeadLimits]:
        """The limits by head that people set for a version of a model; none for a version that nobody knows."""
        return _NONE if version is None else self._limits.get((component, model, version), _NONE)

    def _use(self, copy: Copy) -> None:
        self._copy, self._limits = copy, by_model(copy.settings)

    def _read_copy(self) -> Copy | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Copy)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise ResultsError(f"{self._path}: expected the limits as this gateway last saw them: {error}") from None

    def _write_copy(self) -> None:
        self._written = now()
        try:
            write_whole(self._path, msgspec.json.encode(self._copy))
        except OSError as error:  # the disk is full: it goes on with what it knows, and a restart with the last copy
            self._log.error("limits not copied", file=str(self._path), detail=str(error))
