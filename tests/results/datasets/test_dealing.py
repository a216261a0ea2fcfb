"""The deal of units: even, the same for ever, and another one for another line."""

import asyncio
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.datasets.dealing import HELD_OUT, Deal, deal_of
from tests.results.conftest import with_database

KEY = bytes(range(32))
UNITS = [f"SN{number}" for number in range(5000)]


def test_a_key_deals_as_it_did_before() -> None:
    """These are in data sets that people have: another deal would test models by what they learnt."""
    deal = Deal(KEY)
    parts = ["train", "train", "validation", "test", "test", "test", "train", "train"]
    assert [deal.part_of(f"SN{number}") for number in range(8)] == parts
    assert deal.group_of("SN1") == "84c9b5fe2b51a329"
    assert deal.name == "c5d15a45c250f640"


def test_parts_are_as_large_as_they_should_be() -> None:
    parts = Counter(map(Deal(KEY).part_of, UNITS))
    assert abs(parts["test"] / len(UNITS) - HELD_OUT) < 0.02
    assert abs(parts["validation"] / len(UNITS) - 0.16) < 0.02


def test_another_key_deals_otherwise_and_has_another_name() -> None:
    one, other = Deal(KEY), Deal(KEY[::-1])
    assert one.name != other.name
    assert sum(one.part_of(unit) != other.part_of(unit) for unit in UNITS) > 1000
    assert one.group_of("SN1") != other.group_of("SN1")


@given(st.text())
def test_a_unit_is_always_in_the_same_part(unit: str) -> None:
    assert Deal(KEY).part_of(unit) == Deal(KEY).part_of(unit)
    assert len(Deal(KEY).group_of(unit)) == 16


def test_units_of_a_line_are_few_groups_twice() -> None:
    assert len(set(map(Deal(KEY).group_of, UNITS))) == len(UNITS)


def test_the_key_of_a_line_stays(database_url: str) -> None:
    async def act(database: Database) -> None:
        deals = await asyncio.gather(*(deal_of(database) for _ in range(4)))
        assert len({deal.name for deal in deals}) == 1
        await migrate(database)
        assert (await deal_of(database)).name == deals[0].name

    with_database(database_url, act)


def test_two_lines_have_two_keys(tmp_path: Path) -> None:
    names = {with_database(tmp_path / f"{number}.db", deal_of).name for number in range(2)}
    assert len(names) == 2
