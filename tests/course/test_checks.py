"""Checks never throw at a trainee, whatever the answer; a headless run stops at a wrong one."""

import json
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course import checks
from aoi_modules.course.checks import Hint, check, exercise, exercises_of, hint_came, judge, kind, trial
from aoi_modules.errors import CheckFailed, CourseError, DataError
from aoi_modules.settings import settings


class Broken:
    """An answer that breaks whatever touches it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("broken attribute")

    def __repr__(self) -> str:
        raise RuntimeError("broken repr")


@exercise("test.1")
def over_three(answer: Any) -> str:
    """A number over 3."""
    if answer == "data":
        raise DataError("no tiles", hint="fetch them")
    if not answer > 3:
        raise Hint(f"found {kind(answer)}, expected a number over 3")
    return "a number over 3"


AMONG = (over_three,)


def test_a_right_answer_gives_a_line_and_is_recorded(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    result = check("test.1", 4, among=AMONG)
    assert result
    assert (result.item, result.attempts) == ("test.1", 1)
    assert capsys.readouterr().out == "test.1 ✓ a number over 3\n"
    recorded = json.loads((here.folder / "progress.json").read_text())["checks"]["test.1"]
    assert (recorded["passed"], recorded["attempts"]) == (True, 1)


def test_a_wrong_answer_gives_a_hint_and_is_counted(here: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert not check("test.1", 2, among=AMONG)
    assert not check("test.1", 3, among=AMONG)
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
    result = check("test.1", answer, among=AMONG)
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
    assert "found Broken, which cannot be checked" in check("test.1", Broken(), among=AMONG).message


@given(
    st.recursive(st.none() | st.floats() | st.text() | st.binary(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_no_answer_raises(answer: object) -> None:
    passed, message = judge("test.1", answer, among=AMONG)
    assert isinstance(passed, bool)
    assert message
    assert len(message) < 400


def test_a_headless_run_stops_at_a_wrong_answer(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    strict(monkeypatch)
    assert check("test.1", 4, among=AMONG)
    with pytest.raises(CheckFailed, match=r"exercise test\.1: found int 2, expected a number over 3"):
        check("test.1", 2, among=AMONG)


def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AOI_STRICT_CHECKS", "1")
    settings.cache_clear()


def test_a_stub_on_trial_stops_nothing_and_proves_that_the_exercise_can_fail(
    here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict(monkeypatch)
    assert not trial("test.1", None, among=AMONG)
    hint_came("test.1")
    with pytest.raises(CheckFailed, match="found int 1"):
        check("test.1", 1, among=AMONG)


def test_a_stub_that_passes_or_is_never_checked_proves_nothing(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    strict(monkeypatch)
    with pytest.raises(CheckFailed, match="got no hint"):
        hint_came("test.1")
    assert trial("test.1", 4, among=AMONG)
    with pytest.raises(CheckFailed, match="got no hint"):
        hint_came("test.1")


@pytest.mark.parametrize("check_id", ["test.2", "nothing.1", "", "../x.1", 7])
def test_an_unknown_exercise_is_the_lessons_fault(here: Any, check_id: Any) -> None:
    with pytest.raises(CourseError, match="there is no exercise"):
        check(check_id, 1)


def test_known_exercises_are_listed(here: Any) -> None:
    with pytest.raises(CourseError) as raised:
        check("test.9", 1, among=AMONG)
    assert raised.value.hint == "exercises of this lesson: test.1"


def test_a_lesson_s_exercises_are_found_by_its_module() -> None:
    assert [one.id for one in exercises_of("5a")] == ["5a.1", "5a.2", "5a.3"]
    assert exercises_of("nothing") == exercises_of("../x") == ()
    assert judge("5a.1", None)[1].startswith("found None (no answer yet)")


def test_two_checks_for_one_exercise_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("aoi_modules.course.exercises.lesson_99")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    module.first = over_three  # type: ignore[attr-defined]
    module.again = over_three  # type: ignore[attr-defined]
    assert {one.id for one in exercises_of("99")} == {"test.1"}

    @exercise("test.1")
    def other(answer: object) -> str:
        return "no"

    module.other = other  # type: ignore[attr-defined]
    with pytest.raises(CourseError, match=r"'test\.1' has two checks: over_three and .*other"):
        exercises_of("99")


def test_progress_that_cannot_be_recorded_is_said_and_spoils_no_answer(
    here: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (here.folder / "progress.json").write_text("{")
    result = check("test.1", 4, among=AMONG)
    assert result.passed
    assert result.attempts == 0
    assert "not recorded: " in capsys.readouterr().out


def test_jupyter_shows_no_line_of_its_own() -> None:
    result = checks.CheckResult("test.1", True, "fine", 1)
    assert result._ipython_display_() is None  # type: ignore[func-returns-value]
