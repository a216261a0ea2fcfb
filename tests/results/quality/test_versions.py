"""Which versions of which models answered."""

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.quality.versions import versions
from tests.results.conftest import with_database
from tests.results.records import START, record


def test_versions_of_a_component_and_a_time(database_url: str) -> None:
    async def act(database: Database) -> None:
        made = [record(0, version=3), record(1, version=10), record(2, version=10), record(3, version=None)]
        await store(database, [*made, record(7200, component="board", model="b", version=2)])
        assert await versions(database, {"component": "tile"}) == [("tile", 10), ("tile", 3)]
        assert await versions(database, {}) == [("b", 2), ("tile", 10), ("tile", 3)]
        assert await versions(database, {"until": START.isoformat()}) == []

    with_database(database_url, act)
