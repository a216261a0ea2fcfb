"""A SQLite database as one file."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from aoi_modules.errors import ResultsError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import sync_folder
from aoi_modules.results.database.sqlite_file import copy_online


class SqliteSnapshot:
    """By SQLite's own online backup; see `Snapshot`.

    Args:
        path: of the database.
    """

    kind: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def folder(self) -> Path:
        """See `Snapshot`."""
        return self._path.parent

    def save(self, path: Path) -> None:
        """See `Snapshot`."""
        copy_online(self._path, path)

    def check_empty(self) -> None:
        """See `Snapshot`."""
        if self._path.exists():
            raise ResultsError(f"{self._path}: there is a database already", hint="restore into an empty place")

    def load(self, path: Path) -> None:
        """See `Snapshot`."""
        self._prove(path)
        try:
            with path.open("rb") as file:
                os.fsync(file.fileno())
            path.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise ResultsError(disk.trouble(error, self._path, "cannot be written"), hint=disk.way_out(error)) from None

    def _prove(self, path: Path) -> None:
        try:
            with closing(sqlite3.connect(path)) as database:
                (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            raise ResultsError(f"the database of the backup is damaged: {said}")
