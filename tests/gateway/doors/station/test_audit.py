"""The audit log by HTTP."""

from pathlib import Path
from typing import Any, cast

import pytest

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.station.audit import log
from aoi_modules.results.database.connection import Database
from aoi_modules.results.people.audit import note
from aoi_modules.results.recorder import Recorder
from tests.results.conftest import with_database


def test_a_page_is_chosen_by_parameters_and_others_are_refused(tmp_path: Path) -> None:
    class Recording:
        """What the log needs of a recorder."""

        def __init__(self, database: Database) -> None:
            self.database = database

    async def act(database: Database) -> None:
        recorder = cast("Recorder", Recording(database))
        for who in ("ann", "bob", "ann"):
            async with database.transaction() as connection:
                await note(connection, who, "judge", "inspection 1")

        async def asked(**parameters: str) -> list[str]:
            return [one.who for one in (await log(recorder, parameters)).entries]

        assert await asked() == ["ann", "bob", "ann"]
        assert await asked(who="ann", limit="1") == ["ann"]
        assert await asked(before="3") == ["bob", "ann"]
        refused: list[dict[str, Any]] = [{"limit": "0"}, {"limit": "many"}, {"colour": "red"}, {"before": "-1"}]
        for wrong in refused:
            with pytest.raises(BadParameter):
                await asked(**wrong)

    with_database(tmp_path / "results.db", act)
