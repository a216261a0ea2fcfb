"""Records are read once enough are there."""

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.station.recorded import wait_for_records
from tests.study.station.conftest import SmallLine


def test_records_come_newest_first(small_line: SmallLine) -> None:
    sent = [small_line.inspect(0.2, lot="newest")["id"] for _ in range(3)]
    records = wait_for_records(small_line.gateway.url, {"lot": "newest"}, 3)
    assert [record["id"] for record in records] == sent[::-1]


def test_too_few_are_said(small_line: SmallLine) -> None:
    with pytest.raises(CourseError, match=r"expected 1 records within 0 s\. Received: 0"):
        wait_for_records(small_line.gateway.url, {"lot": "nobody"}, 1, seconds=0)


def test_a_question_that_makes_no_sense_is_refused_in_the_gateways_words(small_line: SmallLine) -> None:
    with pytest.raises(CourseError, match="answered 400"):
        wait_for_records(small_line.gateway.url, {"colour": "red"}, 1)
