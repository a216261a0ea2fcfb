"""Checks never throw at a trainee, whatever the answer; a headless run stops at a wrong one."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course import checks
from aoi_modules.course.checks import Hint, check, exercise, judge, kind
from aoi_modules.errors import CheckFailed, CourseError, DataError
from aoi_modules.settings import settings


class Broken:
    """An answer that breaks whatever touches it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("broken attribute")

    def __repr__(self) -> str:
        raise RuntimeError("broken repr")


@pytest.fixture(autouse=True)
def over_three() -> Iterator[None]:
    """The exercise test.1: a number over 3. The lessons' own, which a test may import, stay known to later tests."""

    @exercise("test.1")
    def number(answer: Any) -> str:
        if answer == "data":
            raise DataError("no tiles", hint="fetch them")
        if not answer > 3:
            raise Hint(f"found {kind(answer)}, expected a number over 3")
        return "a number over 3"

    yield
    del checks._CHECKS["test.1"]


def test_a_right_answer_gives_a_line_and_is_recorded(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    result = check("test.1", 4)
    assert result
    assert (result.item, result.attempts) == ("test.1", 1)
    assert capsys.readouterr().out == "test.1 ✓ a number over 3\n"
    recorded = json.loads((here.folder / "progress.json").read_text())["checks"]["test.1"]
    assert (recorded["passed"], recorded["attempts"]) == (True, 1)


def test_a_wrong_answer_gives_a_hint_and_is_counted(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert not check("test.1", 2)
    assert not check("test.1", 3)
    assert capsys.readouterr().out.splitlines()[0] == "test.1 ✗ found int 2, expected a number over 3"
    assert json.loads((here.folder / "progress.json").read_text())["checks"]["test.1"]["attempts"] == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "found None (no answer yet)"),
        (..., "found ... (no answer yet)"),
        ("seven", "found str 'seven', which cannot be checked (TypeError: "),
        (np.zeros((2, 3)), "found ndarray of shape (2, 3), which cannot be checked"),
        ([9] * 10_000, "found list [9, 9, 9, 9, 9, 9, ...]"),
        ("data", "no tiles\n  fetch them"),
    ],
)
def test_weird_answers_get_a_sentence(here: Any, answer: object, words: str) -> None:
    result = check("test.1", answer)
    assert not result
    assert words in result.message
    assert "Traceback" not in result.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (np.int64(4), "int64 4"),
        (np.float32(0.1), "float32 0.1"),
        (np.False_, "bool False"),
        (np.str_("good"), "str_ good"),
        (np.array(7), "ndarray 7"),
        (np.zeros(1), "ndarray of shape (1,)"),
    ],
)
def test_a_single_number_of_numpy_is_shown(answer: object, words: str) -> None:
    assert kind(answer) == words


def test_an_answer_that_breaks_whatever_touches_it_gets_a_sentence(here: Any) -> None:
    assert "found Broken, which cannot be checked" in check("test.1", Broken()).message


@given(
    st.recursive(st.none() | st.floats() | st.text() | st.binary(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_no_answer_raises(answer: object) -> None:
    passed, message = judge("test.1", answer)
    assert isinstance(passed, bool)
    assert message
    assert len(message) < 400


def test_a_headless_run_stops_at_a_wrong_answer(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_STRICT_CHECKS", "1")
    settings.cache_clear()
    assert check("test.1", 4)
    with pytest.raises(CheckFailed, match=r"exercise test\.1: found int 2, expected a number over 3"):
        check("test.1", 2)


def test_proving_that_a_stub_fails(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_STRICT_CHECKS", "1")
    settings.cache_clear()
    checks.expect_hint("test.1")
    assert not check("test.1", None)
    checks.hint_came("test.1")
    checks.expect_hint("test.1")
    assert check("test.1", 4)
    with pytest.raises(CheckFailed, match="got no hint"):
        checks.hint_came("test.1")
    checks.expect_hint("test.1")
    with pytest.raises(CheckFailed, match="got no hint"):
        checks.hint_came("test.1")
    with pytest.raises(CheckFailed, match="found int 1"):
        check("test.1", 1)


@pytest.mark.parametrize("check_id", ["test.2", "nothing.1", "", "../x.1", 7])
def test_an_unknown_exercise_is_the_lessons_fault(here: Any, check_id: Any) -> None:
    with pytest.raises(CourseError, match="there is no exercise"):
        check(check_id, 1)


def test_known_exercises_are_listed(here: Any) -> None:
    with pytest.raises(CourseError) as raised:
        check("test.9", 1)
    assert raised.value.hint == "exercises of this lesson: test.1"


def test_two_checks_for_one_exercise_are_refused() -> None:
    with pytest.raises(CourseError, match="has two checks"):

        @exercise("test.1")
        def other(answer: object) -> str:
            return "no"


def test_progress_that_cannot_be_recorded_is_said_and_spoils_no_answer(
    here: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (here.folder / "progress.json").write_text("{")
    result = check("test.1", 4)
    assert result.passed
    assert result.attempts == 0
    assert "not recorded: " in capsys.readouterr().out


def test_jupyter_shows_no_line_of_its_own() -> None:
    result = checks.CheckResult("test.1", True, "fine", 1)
    assert result._ipython_display_() is None  # type: ignore[func-returns-value]
