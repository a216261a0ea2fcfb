"""Heads as measurements and defects."""

import pytest
from hypothesis import given

from aoi_modules.judging.regions import Region
from aoi_modules.results.record import Record
from aoi_modules.results.sinks.messages import cfx
from aoi_modules.results.sinks.messages.findings import defects, measurements
from aoi_modules.results.sinks.messages.guids import guid
from aoi_modules.verdict import Verdict
from tests.results.sinks.made import head, record, records


@given(records())
def test_each_head_is_a_measurement_or_a_defect(some: Record) -> None:
    heads = some.inspection.heads
    found = [defect.defect_category for defect in defects(some, ())]
    passing = [head.name for head in heads if head.verdict in (None, Verdict.PASS) and head.score is not None]
    assert [one.measurement_name for one in measurements(some)] == passing
    assert sorted(map(str, found)) == sorted(head.name for head in heads if head.verdict in ("REVIEW", "FAIL"))
    assert [defect.priority for defect in defects(some, ())] == [*range(1, len(found) + 1)]


@given(records())
def test_confidence_is_a_percentage(some: Record) -> None:
    assert all(one.confidence_level is None or 1 <= one.confidence_level <= 100 for one in defects(some, ()))


def test_the_worst_defect_comes_first() -> None:
    heads = (
        head(Verdict.REVIEW, 0.49, name="doubt"),
        head(Verdict.FAIL, 0.6, name="small"),
        head(Verdict.FAIL, 0.9, name="large"),
        head(Verdict.PASS, 0.1, name="none"),
    )
    found = defects(record(Verdict.FAIL, *heads), ())
    assert [(one.priority, one.defect_category) for one in found] == [(1, "large"), (2, "small"), (3, "doubt")]
    assert [one.comments for one in found] == [None, None, "REVIEW: a person has to look"]


def test_a_defect_says_what_where_and_by_which_limit() -> None:
    seen = head(
        Verdict.FAIL, 0.75, review_band=(0.4, 0.5), region=Region(top=0.5, left=0.25, height=0.25, width=0.5)
    )  # fmt: skip
    some = record(Verdict.FAIL, seen, unit="A7", position="left")
    image = cfx.Image(mime_type="image/png", image_url="https://aoi/1")
    (found,) = defects(some, [image])
    assert found.defect_code == "scratch"
    assert found.description == "scratch: score 0.75, threshold 0.5, doubtful from 0.4 to 0.5"
    assert (found.confidence_level, found.component_of_interest.reference_designator) == (75.0, "left")
    assert found.region_of_interest == cfx.Region(
        start_point_x=5.0,
        start_point_y=5.0,
        region_segments=[
            cfx.Point(x=15.0, y=5.0),
            cfx.Point(x=15.0, y=7.5),
            cfx.Point(x=5.0, y=7.5),
            cfx.Point(x=5.0, y=5.0),
        ],
    )
    assert found.defect_images == [image]
    (measured,) = found.related_measurements
    assert (measured.result, measured.sequence, measured.time_recorded) == ("Failed", 1, some.time)
    assert measured.measured_value == cfx.NumericValue(value=0.75, maximum_acceptable_value=0.5)
    assert found.unique_identifier == f"{guid(some.id)}/defect"


def test_a_score_that_is_no_number_is_said_and_not_measured() -> None:
    (found,) = defects(record(Verdict.REVIEW, head(Verdict.REVIEW, None)), ())
    assert found.description == "scratch: the score is no number, threshold 0.5"
    assert (found.confidence_level, found.related_measurements) == (None, [])


@pytest.mark.parametrize(("position", "place"), [("left", "left"), (None, "tile")])
def test_without_a_position_the_component_is_the_place(position: str | None, place: str) -> None:
    (measured,) = measurements(record(position=position))
    assert [one.reference_designator for one in measured.components] == [place]


def test_a_head_that_judges_nothing_is_measured_without_a_limit() -> None:
    (measured,) = measurements(record(Verdict.PASS, head(None, -3.5, name="width", label=None, threshold=None)))
    assert (measured.measurement_name, measured.result) == ("width", "Passed")
    assert measured.measured_value == cfx.NumericValue(value=-3.5)
