"""From an inspection to its request and its version; whoever takes another line's value is told whose it is."""

from random import Random
from typing import Any

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.watching.trail import Case, check_trail
from aoi_modules.errors import CourseError
from tests.study.watching.lines import logged

CASE = Case.of(Random(1), logged(), None)
RIGHT: dict[str, Any] = {
    "case": CASE,
    "request": "tile-0002",
    "version": 2,
    "brought": "2026-12-01T10:00:00.000002Z",
    "logsql": 'request_id:="tile-0002"',
    "logql": '{service=~"gateway|model-server"} |= "tile-0002" | json | request_id="tile-0002"',
}


def test_the_right_values_pass() -> None:
    assert "the question was read" in check_trail(RIGHT)


class Store:
    """A log store that finds these lines."""

    def __init__(self, *found: dict[str, str]) -> None:
        self.found = found

    def ask(self, query: str) -> list[dict[str, str]]:
        if query.endswith("="):
            raise CourseError("it answered 400")
        return list(self.found)


BOTH = ({"request_id": "tile-0002"}, {"request_id": "tile-0002"})


@pytest.mark.parametrize(
    ("found", "query", "words"),
    [
        (BOTH, RIGHT["logsql"], ""),
        (BOTH, "a:=", "400"),
        ((), "a", "it finds no line"),
        ((*BOTH, {"request_id": "a"}), "tile", "some of other requests"),
        (BOTH[:1], "a", "1 of 2 lines"),
    ],
)
def test_a_log_store_is_asked_where_one_is(found: Any, query: str, words: str) -> None:
    case = Case(CASE.inspection, CASE.lines, Store(*found))  # type: ignore[arg-type]
    answer = RIGHT | {"case": case, "logsql": query}
    if not words:
        assert "VictoriaLogs answered" in check_trail(answer)
        return
    with pytest.raises(Hint, match=words):
        check_trail(answer)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"case": None}, "leave it as it is"),
        ({"request": "a2"}, "this is the inspection's id"),
        ({"request": 7}, "expected the request_id"),
        ({"version": 1}, "version: found"),
        ({"version": "2"}, "version: found"),
        ({"brought": "2026-12-01T10:00:06Z"}, "when the part was inspected"),
        ({"brought": "2026-12-01T10:00:00.000009Z"}, "(served)"),
        ({"brought": "2026-12-01T10:00:00.000001Z"}, "another version or model"),
        ({"brought": ...}, "expected the timestamp"),
        ({"logsql": "FILL_IN"}, "still open"),
        ({"logsql": "tile-0002"}, "expected the field and its value"),
        ({"logsql": '{request_id="tile-0002"}'}, "a request is no label"),
        ({"logql": 'request_id="tile-0002"'}, "labels in braces"),
        ({"logql": '{request_id="tile-0002"} | json'}, "no label"),
        ({"logql": '{level="info"} | json | request_id="tile-0002"'}, "by their label service"),
        ({"logql": '{service="gateway"} |= "tile-0002"'}, "| json makes fields"),
        ({"logql": '{service="gateway"} | json | inspection="a2"'}, 'expected | request_id="tile-0002"'),
        ({"logql": None}, "expected a question as text"),
    ],
)
def test_each_mistake_has_its_hint(changed: dict[str, object], words: str) -> None:
    with pytest.raises(Hint) as caught:
        check_trail(RIGHT | changed)
    assert words in str(caught.value)


def test_a_shift_without_the_newer_version_is_said() -> None:
    with pytest.raises(CourseError, match="version 2"):
        Case.of(Random(1), [], None)
