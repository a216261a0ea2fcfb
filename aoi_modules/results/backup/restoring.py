"""Restores a backup into an empty place: nothing before all of it was found whole, the database last."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import URL

from aoi_modules.errors import ResultsError
from aoi_modules.machine import disk
from aoi_modules.results.backup.about import About, read_about, read_rest
from aoi_modules.results.backup.archive import Member
from aoi_modules.results.backup.saving import Saved
from aoi_modules.results.backup.snapshot import Snapshot, snapshot_of
from aoi_modules.results.pictures.store import THREADS, PictureStore


def verify(path: Path) -> Saved:
    """Reads a backup from its first byte to its last, and compares it with its checksums.

    Raises:
        ResultsError: it cannot be read, is no backup, is cut off or damaged.
    """
    about = read_about(path)
    pictures = databases = size = 0
    for address, member in read_rest(path, about):
        pictures, databases, size = pictures + bool(address), databases + (not address), size + member.size
    if databases != 1:
        raise ResultsError(f"{path}: expected one database in it. Received: {databases}")
    return Saved(about, pictures, size)


async def restore(
    path: Path, url: URL, store: PictureStore, advance: Callable[[int], None] = lambda number: None
) -> Saved:
    """Restores database and pictures. Where it fails, what it had put there is taken away again.

    Args:
        path: of the backup.
        url: of the database, which must not be there (SQLite) or be empty (PostgreSQL).
        store: of pictures, which must be empty unless the backup has none.
        advance: is told how many pictures more are there.

    Raises:
        ResultsError: the backup is damaged, the place is not empty, or it cannot be written to.
    """
    saved = await asyncio.to_thread(verify, path)
    snapshot = snapshot_of(url)
    if saved.about.database != snapshot.kind:
        expected = f"a place of {saved.about.database}, whose database is in it"
        raise ResultsError(f"{path}: expected {expected}. Received: {snapshot.kind}")
    await asyncio.to_thread(snapshot.check_empty)
    if saved.pictures:
        async for kept in store.listed():
            raise ResultsError(f"{store.name}: {kept.address} is there already", hint="restore into an empty place")
    try:
        await _restore(path, saved.about, snapshot, store, advance)
    except BaseException:  # Ctrl-C, too
        if saved.pictures:
            await store.delete([kept.address async for kept in store.listed()])
        raise
    return saved


async def _restore(
    path: Path, about: About, snapshot: Snapshot, store: PictureStore, advance: Callable[[int], None]
) -> None:
    file = snapshot.folder / f".{os.getpid()}.{about.member}"
    rest = read_rest(path, about)
    try:
        while some := await asyncio.to_thread(_read_some, rest, file):
            await store.put_all(some)
            advance(len(some))
        await asyncio.to_thread(snapshot.load, file)
    finally:
        file.unlink(missing_ok=True)


def _read_some(rest: Iterator[tuple[str, Member]], file: Path) -> list[tuple[str, bytes]]:
    """The next pictures with their addresses, none at the end; on the way the database goes into its file."""
    some: list[tuple[str, bytes]] = []
    for address, member in rest:
        if address:
            some.append((address, member.read()))
        else:
            _extract(member, file)
        if len(some) == THREADS:
            break
    return some


def _extract(member: Member, file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            for chunk in member.chunks():
                opened.write(chunk)
    except OSError as error:
        raise ResultsError(
            disk.trouble(error, file, "cannot be written", needed=member.size), hint=disk.way_out(error)
        ) from None
