"""A SQLite database copied to one file, while others use it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from aoi_modules.errors import ResultsError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import sync_folder


def copy_online(path: Path, to: Path) -> None:
    """Copies what is committed, by SQLite's own online backup.

    Args:
        path: of the database.
        to: where to; what is there is replaced, and may be half written where this fails.

    Raises:
        ResultsError: it cannot be read or written.
    """
    to.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(to)) as there:
            here.backup(there)  # in one step: readers and writers do not wait for it, and it waits for nobody
            there.execute("PRAGMA journal_mode=DELETE")  # one file, not three
    except sqlite3.Error as error:
        raise ResultsError(f"{path}: cannot be copied to {to}: {error}") from None


def copy_whole(path: Path, to: Path) -> None:
    """As `copy_online`, but whole or not at all, and safe on disk.

    Raises:
        ResultsError: it cannot be read or written.
    """
    part = to.with_name(f".{to.name}.part")
    try:
        copy_online(path, part)  # SQLite has it on disk, then
        part.replace(to)
        sync_folder(to.parent)
    except OSError as error:
        raise ResultsError(disk.trouble(error, to, "cannot be written"), hint=disk.way_out(error)) from None
    finally:
        for one in (part, part.with_name(f"{part.name}-journal")):  # a full disk leaves the journal, too
            one.unlink(missing_ok=True)
