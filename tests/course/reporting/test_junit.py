"""Outcomes as JUnit XML: counts, names, and text that XML may hold."""

import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.reporting.junit import junit
from aoi_modules.course.running.lesson_events import LessonError
from aoi_modules.course.running.outcome import Outcome


def plan(number: int) -> LessonPlan:
    return LessonPlan(id=str(number), notebook=f"{number:02d}_lesson", title=f"Lesson {number}")


def failed(message: str, trace: str = "") -> Outcome:
    error = LessonError(cell=4, title="Divide", message=message, trace=trace)
    return Outcome(plan=plan(2), status="failed", seconds=1.0, reason=str(error), error=error)


OUTCOMES = [
    Outcome(plan=plan(1), status="passed", seconds=12.34),
    failed("a < b & \x1b[31mc", trace="Trace <b>\x00"),
    Outcome(plan=plan(3), status="skipped", reason="needs 2, which failed"),
    Outcome(plan=plan(4), status="fresh", seconds=44.0),
]


def test_a_case_a_lesson() -> None:
    suite = ElementTree.fromstring(junit(OUTCOMES, "ci"))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    assert suite.get("time") == "13.340", "a fresh lesson took no time in this run"
    cases = {str(case.get("name")): case for case in suite}
    assert list(cases) == ["1 Lesson 1", "2 Lesson 2", "3 Lesson 3", "4 Lesson 4"]
    failure = cases["2 Lesson 2"].find("failure")
    assert failure is not None
    assert "cell 4, Divide: a < b & " in str(failure.get("message"))
    assert failure.text == "Trace <b>"
    skipped = cases["3 Lesson 3"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "needs 2, which failed"
    assert cases["4 Lesson 4"].get("time") == "0.000"


@given(st.text(), st.text())
def test_any_error_is_xml(message: str, trace: str) -> None:
    content = junit([failed(message, trace)], "ci")
    case = ElementTree.fromstring(content)[0][0]
    assert case.get("name") == "2 Lesson 2"
