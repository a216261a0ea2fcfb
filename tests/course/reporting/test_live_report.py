"""The report of a run that goes on: pages one by one, and an index that reloads itself until the end."""

from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from aoi_modules.course.reporting.live_report import LiveReport
from aoi_modules.course.running.forecast import Forecast
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome, Status


@pytest.fixture
def order(small_course: Any) -> RunOrder:
    """Three lessons, of which two were executed."""
    for number in range(1, 4):
        small_course.lesson(str(number), checks=[f"{number}.1"])
    order: RunOrder = small_course.order()
    for plan in order.plans[:2]:
        path = order.executed(plan)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=[new_code_cell("1")]), path)
    return order


def outcome(order: RunOrder, number: int, status: Status) -> Outcome:
    return Outcome(plan=order.plans[number - 1], status=status, seconds=5.0)


def test_the_report_fills_up(order: RunOrder) -> None:
    live = LiveReport(order, Forecast({"1": 130.0, "2": 10.0}))
    index = live.begin()
    text = index.read_text()
    assert 'http-equiv="refresh"' in text
    assert "0 of 3 lessons done" in text
    assert text.count(">to come<") == 3 * 2, "in the list and in the checklist"
    assert "about 2 minutes" in text
    assert "You have solved 0 of 3 exercises" in text
    page = live.add(outcome(order, 1, "passed"))
    assert page is not None
    assert page.is_file()
    text = index.read_text()
    assert "1 of 3 lessons done" in text
    assert 'href="notebooks/ci/01_lesson.html"' in text
    assert 'href="notebooks/ci/02_lesson.html"' not in text, "executed, but in an earlier run"
    assert live.add(outcome(order, 2, "fresh")) is None, "nobody waits for a page that was there before"
    assert live.add(outcome(order, 3, "skipped")) is None


def test_the_end_writes_only_what_is_missing_and_the_index_stands_still(order: RunOrder) -> None:
    live = LiveReport(order, Forecast({}))
    live.begin()
    page = live.add(outcome(order, 1, "passed"))
    assert page is not None
    page.write_text("as it was")
    report = live.end([outcome(order, number, "passed") for number in (1, 2, 3)])
    assert page.read_text() == "as it was"
    assert page.with_name("02_lesson.html").is_file()
    assert "refresh" not in report.index.read_text()
    assert "all 3 lessons passed" in report.index.read_text()
    assert report.junit.is_file()
