"""A database as one file, and back from it: what SQLite and PostgreSQL have for that."""

from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import URL

from aoi_modules.results.backup.postgresql import PostgresqlSnapshot
from aoi_modules.results.backup.sqlite import SqliteSnapshot


class Snapshot(Protocol):
    """How a database becomes a file. Its methods wait for disk or network."""

    kind: Literal["sqlite", "postgresql"]

    @property
    def folder(self) -> Path:
        """Where the file may lie that `load` gets."""

    def save(self, path: Path) -> None:
        """Writes the database, as it is at one moment, into a file; who stores meanwhile is not held up.

        Raises:
            ResultsError: it cannot be read, or the disk does not take it.
        """

    def check_empty(self) -> None:
        """Refuses a place where something is already.

        Raises:
            ResultsError: there is.
        """

    def load(self, path: Path) -> None:
        """Makes the database from such a file in `folder`, whole or not at all; the file may be gone then.

        Raises:
            ResultsError: it cannot be made.
        """


def snapshot_of(url: URL) -> Snapshot:
    """How the database of a URL does it."""
    if url.get_backend_name() == "sqlite":
        return SqliteSnapshot(Path(url.database or ""))
    return PostgresqlSnapshot(url)
