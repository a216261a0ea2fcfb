"""The recording has an answer to all that the lesson asks, and each of its faults can be seen in it."""

from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.watching import questions, recorded
from aoi_modules.study.watching.faults import AWAY, DRIFT, FAULTS, SLOW, VERSION
from aoi_modules.study.watching.scene import COMPONENTS
from aoi_modules.study.watching.shift import NORMAL

WATCH = recorded.read().watch()
BY_FAULT = {fault: letter for letter, fault in WATCH.shift.faults.items()}


def values(query: str, moment: str, **labels: str) -> list[float]:
    return [one.value for one in WATCH.ask(query, moment) if labels.items() <= one.labels.items()]


def test_it_says_where_it_is_from_and_has_each_fault_once() -> None:
    assert WATCH.where.startswith("recorded once")
    assert sorted(BY_FAULT) == sorted(FAULTS)


def test_each_fault_is_seen_in_its_panel() -> None:
    slowest, seen = questions.slowest(WATCH.window), questions.brightness(WATCH.window)
    assert max(values(slowest, BY_FAULT[SLOW])) > 1 > max(values(slowest, NORMAL))
    assert values(questions.statuses(WATCH.window), BY_FAULT[AWAY], status="503")[0] > 1
    assert values(questions.versions(WATCH.window), BY_FAULT[VERSION], version="2")[0] > 1
    tile = {"component": "tile"}
    assert values(seen, BY_FAULT[DRIFT], **tile)[0] < 0.7 * values(seen, NORMAL, **tile)[0]


def test_spaces_do_not_matter() -> None:
    query = questions.versions(WATCH.window)
    assert WATCH.ask(query.replace(" ", "  "), NORMAL) == WATCH.ask(query, NORMAL)


def test_what_nobody_recorded_is_said() -> None:
    with pytest.raises(CourseError, match="nobody recorded") as caught:
        WATCH.ask("sum(up)", NORMAL)
    assert caught.value.hint == recorded.NEEDED


def test_what_is_recorded_is_what_was_said() -> None:
    """The recording itself is asked in place of a Prometheus, and recorded once more."""
    assert recorded.record(WATCH, COMPONENTS, recorded.WHERE) == recorded.read()


def test_without_servables_it_says_what_it_wants(capsys: pytest.CaptureFixture[str]) -> None:
    assert recorded.main([]) == 1
    assert "lesson 7" in capsys.readouterr().err


def test_it_is_small() -> None:
    assert Path(recorded.FILE).stat().st_size < 200_000
