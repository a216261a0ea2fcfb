"""Names of defects that people used: the most frequent first, by component."""

import msgspec

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.record import new_id, now
from aoi_modules.results.review.defect_names import defect_names
from aoi_modules.results.review.judgement import Opinion
from aoi_modules.results.review.judgements import judge
from tests.results.conftest import with_database
from tests.results.records import record


def test_names_are_told_by_component_and_frequency(database_url: str) -> None:
    async def act(database: Database) -> None:
        said = [("tile", "crack"), ("tile", "stain"), ("tile", "stain"), ("pcb", "<b>short</b>"), ("tile", None)]
        for component, defect in said:
            one = msgspec.structs.replace(record(component=component), id=new_id(now()), time=now())
            await store(database, [one])
            opinion = Opinion(verdict="good" if defect is None else "defect", defect=defect)
            await judge(database, one.id, opinion, "Ada")
        assert await defect_names(database) == {"tile": ["stain", "crack"], "pcb": ["<b>short</b>"]}

    with_database(database_url, act)
