"""Where a gateway keeps its results: a folder with its spool and name, and a database."""

import re
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from aoi_modules.errors import ResultsError
from aoi_modules.lock import alone
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.database.connection import Database, parse_url
from aoi_modules.results.limits.last_seen import LimitsSeen
from aoi_modules.results.people.last_seen import PeopleSeen
from aoi_modules.results.pictures.keeping import PICTURES
from aoi_modules.results.pictures.opening import check_place, open_store
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.recorder import ROWS, Recorder
from aoi_modules.results.sinks.destinations import Destination
from aoi_modules.results.sinks.sending import Sending
from aoi_modules.results.spool.journal import Spool
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.results.units.closer import Plan

DATABASE, PICTURE_FOLDER = "results.sqlite", "pictures"
"""Of a folder for which no others are named."""
ASIDE = "aside"
"""Of a folder: the messages that sinks refused."""
LIMITS = "limits.json"
"""Of a folder: the limits that people set, as they were last seen."""
PEOPLE = "people.json"
"""Of a folder: who may come, as it was last seen: names, roles, and hashes of the keys of machines."""
CHECKS = "checks.json"
"""Of a folder: the last checks of the station, as they were last seen."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")


@dataclass(frozen=True)
class Home:
    """One gateway's own folder, and the database that it may share with others.

    Args:
        folder: of the spool, of what was refused, and of the SQLite database unless another one is named.
        database: URL or path; None for `results.sqlite` in the folder.
        pictures: folder or URL of an S3 bucket; None for `pictures` in the folder.
        sync: see `Spool`.
        name: of the gateway; the same whenever it starts with this folder.
    """

    folder: Path
    database: str | None
    pictures: str | None
    sync: bool
    name: str

    def open(
        self,
        log: structlog.stdlib.BoundLogger,
        plans: Callable[[], Mapping[str, Plan]] = dict,
        retention: Callable[[], Retention] = Retention,
        sinks: Mapping[str, Destination] | None = None,
    ) -> Recorder:
        """Starts to keep inspections and to send them on, inside the running event loop.

        Args:
            log: see `Recorder`.
            plans: see `Recorder`.
            retention: see `Recorder`.
            sinks: by name, who is told of what is kept.

        Raises:
            ResultsError: the folder or the database cannot be used.
        """

        def damaged(kept: Path, offset: int) -> None:
            log.error("spool damaged", file=str(kept), byte=offset)

        spool = Spool(self.folder / "spool", [ROWS, PICTURES], sync=self.sync, on_damage=damaged)
        pictures = open_store(self.pictures or self.folder / PICTURE_FOLDER)
        database = Database(self.database or self.folder / DATABASE)
        sending = Sending(database, self.name, sinks or {}, self.folder / ASIDE, log)
        refused = self.folder / "refused"
        limits = LimitsSeen(database, self.folder / LIMITS, log)
        people = PeopleSeen(database, self.folder / PEOPLE, log)
        checks = ChecksSeen(database, self.folder / CHECKS, log)
        return Recorder(
            spool,
            database,
            refused,
            log,
            self.name,
            plans,
            sending.compose,
            pictures,
            retention,
            sending,
            limits=limits,
            people=people,
            checks=checks,
        )


@contextmanager
def at_home(
    folder: Path, database: str | None = None, pictures: str | None = None, *, sync: bool = True
) -> Iterator[Home]:
    """Holds a folder for one gateway.

    Raises:
        ResultsError: another gateway has it, it cannot be written to, or a URL makes no sense.
    """
    if database is not None:
        parse_url(database)
    if pictures is not None:
        check_place(pictures)
    taken = ResultsError(
        f"{folder}: another gateway keeps its results there", hint="give each gateway a folder of its own: --results"
    )
    with alone(folder / "lock", 0.0, taken):
        yield Home(folder, database, pictures, sync, _name(folder))


def _name(folder: Path) -> str:
    """The name that stands in the folder, or a new one: this machine's, and what tells it from others there."""
    path = folder / "name"
    try:
        if path.is_file() and _NAME.fullmatch(found := path.read_text().strip()):
            return found
        host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:60] or "gateway"
        name = f"{host}-{secrets.token_hex(3)}"
        write_whole(path, f"{name}\n".encode())
    except OSError as error:
        raise ResultsError(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error)) from None
    return name
