"""A record as a row, and back."""

from hypothesis import given

from aoi_modules.results.database.rows import from_row, to_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.record import Record
from tests.results.records import record, records


@given(records())
def test_a_record_is_the_same_behind_its_row(drawn: Record) -> None:
    assert from_row(to_row(drawn)) == drawn


def test_a_row_has_every_column_and_no_other_value() -> None:
    assert list(to_row(record())) == [column.name for column in inspections.columns]


def test_a_later_release_may_know_more_of_a_head() -> None:
    row = to_row(record())
    head = {"name": "crack", "kind": "defect", "label": "crack", "score": 0.5, "scores": None, "threshold": 0.4,
            "review_band": None, "verdict": "FAIL", "region": None}  # fmt: skip
    assert from_row({**row, "heads": [{**head, "colour": "red"}]}) == from_row({**row, "heads": [head]})
