"""Two versions compared: what is refused, what is left out, and by which pictures."""

import pytest

from aoi_modules.errors import ResultsError
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.learnt_units import LearntUnits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.writing import store
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.evidence.comparing import Contender, Found, compare
from aoi_modules.results.evidence.decision import Margins
from aoi_modules.results.evidence.words import in_words
from aoi_modules.results.limits.ledger import set_limits, take_back
from aoi_modules.results.limits.setting import Place
from aoi_modules.verdict import Verdict
from tests.results.conftest import with_database
from tests.results.evidence.lines import CRACK, seen_by_both
from tests.results.records import record

PASS, REVIEW, FAIL = Verdict
MARGINS = Margins(escape=0.4, overkill=0.4)


def contender(version: int, units: LearntUnits | None = None) -> Contender:
    return Contender(model=ModelVersion(name="tile", version=version), units=units)


def test_the_same_pictures_decide(database_url: str) -> None:
    async def act(database: Database) -> Found:
        for number in range(40):
            await seen_by_both(database, number, PASS, PASS)
        for number in range(40, 60):
            await seen_by_both(database, number, PASS, FAIL, CRACK, unit=f"SN{number}")
        return await compare(database, "tile", contender(3), contender(4), MARGINS)

    found = with_database(database_url, act)
    assert (found.way, found.outcome, found.pairs, found.judged) == ("same pictures", "promote", 60, 20)
    assert found.escape.fewer is True
    assert [note[:6] for note in found.notes] == ["tile 3", "tile 4"], "neither says from which units it learnt"
    said = in_words(found)
    assert "lets defects pass 0 times, the version in service alone 20 times, of 20 defective parts" in said
    assert said.endswith("so: promote tile 4")


def test_who_would_take_over_waits_for_limits_that_people_made(database_url: str) -> None:
    async def act(database: Database) -> list[Found]:
        for number in range(40):
            await seen_by_both(database, number, PASS, PASS)
        for number in range(40, 60):
            await seen_by_both(database, number, PASS, FAIL, CRACK)
        candidate = Contender(model=ModelVersion(name="tile", version=4), units=None, heads=("defect", "surface"))
        found = []
        for place in (
            Place(component="tile", model="tile", version=3, head="defect"),
            Place(component="tile", model="tile", version=4, head="defect"),
            Place(component="tile", model="tile", version=4, head="surface"),
        ):
            found.append(await compare(database, "tile", contender(3), candidate, MARGINS))
            last = await set_limits(database, place, HeadLimits(threshold=0.5), who="Ada", why="as it says", seen=0)
        found.append(await compare(database, "tile", contender(3), candidate, MARGINS))
        await take_back(database, last.number, who="Ada", why="a mistake")
        return [*found, await compare(database, "tile", contender(3), candidate, MARGINS)]

    both, other, one, none, again = with_database(database_url, act)
    assert [found.unset for found in (both, other, one, none, again)] == [
        ("defect", "surface"), ("defect", "surface"), ("surface",), (), ("surface",),
    ]  # fmt: skip
    assert {found.outcome for found in (both, other, one, again)} == {"limits not confirmed"}
    assert none.outcome == "promote"
    assert in_words(one).endswith(
        "so: first make or confirm the limits of tile 4 at the threshold desk (surface); then promote it"
    )


def test_who_learnt_from_a_unit_that_is_held_out_is_refused(database_url: str) -> None:
    async def act(database: Database) -> None:
        deal = await deal_of(database)
        units = [f"SN{number}" for number in range(40)]
        for number, unit in enumerate(units):
            await seen_by_both(database, number, FAIL, FAIL, CRACK, unit=unit)
        held_out = next(unit for unit in units if deal.part_of(unit) == "test")
        learnt = next(unit for unit in units if deal.part_of(unit) == "train")
        honest = LearntUnits.of(deal.name, learnt=[deal.group_of(learnt)], held_out=[])
        found = await compare(database, "tile", contender(3, honest), contender(4, honest), MARGINS)
        assert (found.left_out, found.pairs, found.notes) == (1, 39, ())
        peeping = LearntUnits.of(deal.name, learnt=[deal.group_of(held_out)], held_out=[])
        for both in ((honest, peeping), (peeping, honest)):
            with pytest.raises(ResultsError, match=f"learnt from 1 units that are held out.*{deal.group_of(held_out)}"):
                await compare(database, "tile", contender(3, both[0]), contender(4, both[1]), MARGINS)
        other = LearntUnits.of("another line", learnt=[deal.group_of(held_out)], held_out=[])
        assert len((await compare(database, "tile", contender(3, honest), contender(4, other), MARGINS)).notes) == 1

    with_database(database_url, act)


def test_a_canary_is_judged_by_its_own_parts(database_url: str) -> None:
    async def act(database: Database) -> tuple[Found, Found]:
        empty = await compare(database, "tile", contender(3), contender(4), MARGINS)
        for number in range(30):
            await seen_by_both(database, number, FAIL, FAIL, CRACK)
        await store(database, [record(100, version=5, role="canary", verdict=PASS, chance=0.0)])
        return empty, await compare(database, "tile", contender(3), contender(5), MARGINS)

    empty, found = with_database(database_url, act)
    assert (empty.outcome, empty.pairs) == ("not enough evidence", 0)
    assert in_words(empty).endswith("the candidate has seen nothing yet that was judged")
    assert (found.way, found.outcome, found.escape.unjudged) == ("pictures of its own", "not enough evidence", 1)
    assert "each answered about parts of its own, of which 30 were judged" in in_words(found)


def test_a_version_is_not_compared_with_itself(database_url: str) -> None:
    async def act(database: Database) -> None:
        with pytest.raises(ResultsError, match="Received: tile 3 twice"):
            await compare(database, "tile", contender(3), contender(3), MARGINS)

    with_database(database_url, act)
