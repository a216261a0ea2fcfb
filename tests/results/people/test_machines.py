"""Keys of machines."""

import pytest
from sqlalchemy import select

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import machines
from aoi_modules.results.people.audit import Wish, entries
from aoi_modules.results.people.machines import add_machine, list_machines, remove_machine
from aoi_modules.results.people.tokens import digest
from tests.results.conftest import with_database


def test_a_key_is_given_once_and_kept_as_a_hash(database_url: str) -> None:
    async def act(database: Database) -> None:
        key = await add_machine(database, "camera 3", by="root")
        async with database.reading() as connection:
            rows = [dict(row) for row in (await connection.execute(select(machines))).mappings()]
        assert [row["key"] for row in rows] == [digest(key)]
        assert key not in str(rows)
        assert [one.name for one in await list_machines(database)] == ["camera 3"]
        with pytest.raises(Taken, match="a key 'camera 3' already"):
            await add_machine(database, "camera 3", by="root")
        await remove_machine(database, "camera 3", by="root")
        assert await list_machines(database) == []
        with pytest.raises(NoSuchResult, match="no key 'camera 3'"):
            await remove_machine(database, "camera 3", by="root")
        noted = [(one.who, one.action, one.about, one.why) for one in await entries(database, Wish())]
        assert noted == [("root", "remove key", "camera 3", ""), ("root", "add key", "camera 3", "")]

    with_database(database_url, act)
