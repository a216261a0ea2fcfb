"""Column types that mean the same in both databases; `test_writing` has them in real ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from aoi_modules.results.database.columns import HexId, UtcTime

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]
MOMENT = datetime(2026, 3, 1, 6, 0, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_of_any_time_zone_comes_back_in_utc(dialect: Dialect) -> None:
    column = UtcTime()
    given = MOMENT.astimezone(timezone(timedelta(hours=9)))
    found = column.process_result_value(column.process_bind_param(given, dialect), dialect)
    assert found == MOMENT
    assert found.tzinfo is UTC


def test_sqlite_keeps_the_time_of_day_in_utc() -> None:
    given = MOMENT.astimezone(timezone(timedelta(hours=-5)))
    assert UtcTime().process_bind_param(given, DIALECTS[0]) == MOMENT.replace(tzinfo=None)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_an_id_comes_back_and_nothing_stays_nothing(dialect: Dialect) -> None:
    ids, times = HexId(), UtcTime()
    kept = ids.process_bind_param("0af" + "0" * 29, dialect)
    assert ids.process_result_value(kept, dialect) == "0af" + "0" * 29
    assert ids.process_bind_param(None, dialect) is None
    assert ids.process_result_value(None, dialect) is None
    assert times.process_bind_param(None, dialect) is None
    assert times.process_result_value(None, dialect) is None
    with pytest.raises(ValueError, match="badly formed"):
        ids.process_bind_param("no id", dialect)
