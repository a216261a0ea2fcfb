"""What a database has, by which two are known to be alike."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import select

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import metadata

BATCH = 10_000
Content = Mapping[str, tuple[int, str]]
"""By table: how many rows it has, and a checksum of all of them."""


async def contents(url: str) -> Content:
    """Reads all tables of ours."""
    database = Database(url)
    try:
        return {name: await _content(database, name) for name in sorted(metadata.tables)}
    finally:
        await database.close()


async def _content(database: Database, name: str) -> tuple[int, str]:
    table = metadata.tables[name]
    digest, rows = hashlib.sha256(), 0
    async with database.reading() as connection:
        found = await connection.stream(select(table).order_by(*table.primary_key.columns))
        async for some in found.partitions(BATCH):
            digest.update(repr([tuple(row) for row in some]).encode())
            rows += len(some)
    return rows, digest.hexdigest()
