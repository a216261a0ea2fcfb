"""Closings of units, from records and from pictures that came together. Pure."""

from aoi_modules.judging.unit import PositionResult, judge_unit
from aoi_modules.results.closing import left_open, of_inspection, of_records
from aoi_modules.verdict import Verdict
from tests.results.units.conftest import record


def test_positions_name_their_inspections() -> None:
    records = [record("S1", "left"), record("S1", "right", Verdict.REVIEW)]
    closing = of_records("S1", records, product="motor", required=["left", "right"], gateway="g")
    assert [(one.position, one.inspection) for one in closing.positions] == [
        ("left", records[0].id),
        ("right", records[1].id),
    ]
    assert (closing.verdict, closing.missing, closing.settled) == (Verdict.REVIEW, (), True)


def test_a_picture_without_an_inspection_keeps_its_reason() -> None:
    result = PositionResult(position="left", component="tile", verdict=Verdict.REVIEW, reason="away")
    closing = of_inspection(judge_unit("S1", [result]), required=(), gateway="g")
    assert (closing.positions[0].inspection, closing.positions[0].reason) == (None, "away")


def test_an_open_unit_is_looked_at_unless_it_fails() -> None:
    for verdict, expected in ((Verdict.PASS, Verdict.REVIEW), (Verdict.FAIL, Verdict.FAIL)):
        closed = of_records("S1", [record("S1", "left", verdict)], product=None, required=(), gateway="g")
        closing = left_open(closed, ["b"], "b is away")
        assert (closing.verdict, closing.awaited, closing.settled) == (expected, ("b",), False)
