"""Writes a backup: the database first, so that each row's picture that was in the store then is in it, too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from aoi_modules.errors import NoSuchResult, ResultsError
from aoi_modules.results.backup.about import NAME, PICTURES, About
from aoi_modules.results.backup.archive import Writer, written
from aoi_modules.results.backup.snapshot import Snapshot, snapshot_of
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import Standing, standing_of
from aoi_modules.results.pictures.store import THREADS, Kept, PictureStore
from aoi_modules.results.record import now

_AT_ONCE = 2 * THREADS


@dataclass(frozen=True)
class Saved:
    """What is in a backup.

    Args:
        about: what it says of itself.
        pictures: how many.
        size: of database and pictures, in bytes.
    """

    about: About
    pictures: int
    size: int


async def back_up(
    database: Database, store: PictureStore | None, out: Path, advance: Callable[[int], None] = lambda number: None
) -> Saved:
    """Writes database and pictures into one file, whole or not at all. Gateways go on meanwhile.

    What they have in their spools and have not stored yet is not in it. Pictures that expire meanwhile may be missing.

    Args:
        database: of the records.
        store: of their pictures; None leaves these out.
        out: the file, which must not be there.
        advance: is told how many pictures more are in it.

    Raises:
        ResultsError: database, store or file cannot be used.
    """
    snapshot = snapshot_of(database.url)
    if not database.is_sqlite and await standing_of(database) is Standing.AHEAD:
        raise ResultsError(f"{database.name}: a newer release has migrated it", hint="make the backup by that release")
    about = About(time=now(), database=snapshot.kind, pictures=store is not None)
    with written(out) as archive:
        archive.add(NAME, msgspec.json.format(msgspec.json.encode(about), indent=2))
        before = archive.size
        await asyncio.to_thread(_add_database, archive, snapshot, about.member, out)
        pictures = 0
        if store is not None:
            async for some in _got(store):
                await asyncio.to_thread(_add_pictures, archive, some)
                pictures += len(some)
                advance(len(some))
        return Saved(about, pictures, archive.size - before)


def _add_database(archive: Writer, snapshot: Snapshot, name: str, out: Path) -> None:
    file = out.with_name(f".{out.name}.{name}")
    try:
        snapshot.save(file)
        archive.add_file(name, file)
    finally:
        file.unlink(missing_ok=True)


def _add_pictures(archive: Writer, some: Sequence[tuple[str, bytes]]) -> None:
    for address, picture in some:
        archive.add(PICTURES + address, picture)


async def _got(store: PictureStore) -> AsyncIterator[list[tuple[str, bytes]]]:
    """All pictures with their addresses, some at a time."""
    waiting: list[Kept] = []
    async for kept in store.listed():
        waiting.append(kept)
        if len(waiting) == _AT_ONCE:
            yield await _get(store, waiting)
            waiting = []
    yield await _get(store, waiting)


async def _get(store: PictureStore, some: Sequence[Kept]) -> list[tuple[str, bytes]]:
    async def get(address: str) -> bytes | None:
        try:
            return await store.get(address)
        except NoSuchResult:  # it expired meanwhile
            return None

    pictures = await asyncio.gather(*(get(kept.address) for kept in some))
    return [(kept.address, picture) for kept, picture in zip(some, pictures, strict=True) if picture is not None]
