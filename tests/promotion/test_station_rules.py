"""Each rule about what the line saw."""

import pytest

from aoi_modules.promotion import station_rules
from aoi_modules.promotion.findings import State
from aoi_modules.promotion.gate import Station
from aoi_modules.results.evidence.decision import Pairs
from aoi_modules.verdict import Verdict
from tests.results.evidence.comparisons import caught, found

PASS, REVIEW, FAIL = Verdict


@pytest.mark.parametrize(
    ("pairs", "state", "figure"),
    [
        ([caught(FAIL, FAIL, 600), caught(PASS, FAIL, 60)], "passed", "better"),
        ([caught(FAIL, FAIL, 300), caught(FAIL, PASS, 60)], "failed", "worse by"),
        ([caught(FAIL, FAIL, 10)], "unknown", "worse by"),
        ([Pairs(incumbent=FAIL, candidate=PASS, chance=1.0, parts=3)], "unknown", "unknown"),
    ],
)
def test_escapes_are_those_of_the_comparison(pairs: list[Pairs], state: State, figure: str) -> None:
    one = station_rules.escape(found(*pairs))
    assert one.state == state
    assert one.figure.startswith(figure)
    assert one.bound == "worse by at most 5.0%"


def test_overkill_says_its_numbers_and_how_many_more_parts_decide() -> None:
    one = station_rules.overkill(found(caught(FAIL, FAIL, 600)))
    assert one.state == "passed"
    assert one.why == (
        "the candidate alone fails 0, the version in service alone 0, of 600 parts; limits hold with 95%, however"
        " often one looks"
    )
    open_one = station_rules.escape(found(caught(FAIL, FAIL, 10)))
    assert "more judged parts like these would decide" in open_one.why


@pytest.mark.parametrize(("judged", "state"), [(29, "unknown"), (30, "passed")])
def test_enough_has_to_be_judged(judged: int, state: State) -> None:
    one = station_rules.judged(found(caught(FAIL, FAIL, judged)), Station(judged=30))
    assert (one.state, one.figure) == (state, f"{judged} parts")
    assert one.why.endswith("judge more") is (state == "unknown")


@pytest.mark.parametrize(("count", "state"), [(0, "passed"), (3, "failed"), (None, "unknown")])
def test_a_candidate_has_to_answer(count: int | None, state: State) -> None:
    one = station_rules.failures(count, Station(failures=0))
    assert one is not None
    assert one.state == state
    assert station_rules.failures(count, Station(failures=None)) is None


def test_limits_are_confirmed_by_a_person() -> None:
    assert station_rules.limits(found(caught(FAIL, FAIL, 10))).state == "passed"
    missing = station_rules.limits(found(caught(FAIL, FAIL, 10), unset=("defect",)))
    assert (missing.state, missing.figure) == ("unknown", "defect")
