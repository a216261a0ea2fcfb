"""Exercises that check themselves: `check("5a.2", answer)` in a notebook gives a green line or a pointed hint.

What is right stands in aoi_modules/course/exercises/lesson_<id>.py, one function an exercise:

    @exercise("5a.2")
    def accuracy(answer: object) -> str:
        if not isinstance(answer, float):
            raise Hint(f"found {kind(answer)}, expected a number between 0 and 1")
        return "the accuracy on the test pictures"
"""

import importlib
import reprlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from aoi_modules.course.checklist import progress
from aoi_modules.errors import AoiError, CheckFailed, CourseError
from aoi_modules.settings import settings

Check = Callable[[Any], str]

_CHECKS: dict[str, Check] = {}
_EXPECTED_HINTS: dict[str, bool] = {}
"""Exercise whose stub is on trial -> whether its hint came."""


class Hint(Exception):
    """What was found and what was expected, in the words of the exercise."""


@dataclass(frozen=True)
class CheckResult:
    """How it went; true when the answer is right."""

    item: str
    passed: bool
    message: str
    attempts: int

    def __bool__(self) -> bool:
        return self.passed

    def _ipython_display_(self) -> None:
        """`check` has printed everything, so Jupyter adds no line of its own."""


def exercise(check_id: str) -> Callable[[Check], Check]:
    """Makes a function the check of an exercise: it takes the answer and returns a line of praise, or raises Hint."""

    def register(function: Check) -> Check:
        known = _CHECKS.get(check_id)
        if known is not None and (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise CourseError(f"exercise {check_id!r} has two checks: {known.__qualname__} and {function.__qualname__}")
        _CHECKS[check_id] = function
        return function

    return register


def check(check_id: str, answer: object) -> CheckResult:
    """Checks an answer, prints the outcome and records it in the progress file.

    Raises:
        CourseError: there is no such exercise.
        CheckFailed: the answer is not right, in a headless run only.
    """
    passed, message = judge(check_id, answer)
    click.secho(f"{check_id} {'✓' if passed else '✗'} {message}", fg="green" if passed else "yellow")
    attempts = _recorded(check_id, passed)
    if check_id in _EXPECTED_HINTS:
        _EXPECTED_HINTS[check_id] = not passed
    elif not passed and settings().strict_checks:
        raise CheckFailed(f"exercise {check_id}: {message}")
    return CheckResult(check_id, passed, message, attempts)


def judge(check_id: str, answer: object) -> tuple[bool, str]:
    """Whether an answer is right, and the praise or the hint. Prints and records nothing.

    Raises:
        CourseError: there is no such exercise.
    """
    function = _find(check_id)
    try:
        return True, str(function(answer) or "right")
    except Hint as hint:
        return False, str(hint)
    except AoiError as error:
        return False, str(error)
    except Exception as error:  # a weird answer can break a check in any way; a trainee still gets a sentence
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return False, f"found {kind(answer)}, which cannot be checked ({reason}); look at the task again"


def kind(answer: object) -> str:
    """An answer in a few words for a hint: its type, shape or length, and the start of its value."""
    if answer is None:
        return "None (no answer yet)"
    if answer is ...:
        return "... (no answer yet)"
    name = type(answer).__name__
    try:
        shape = getattr(answer, "shape", None)
        if isinstance(shape, tuple):
            # The repr of a single value of NumPy names its type a second time.
            return f"{name} of shape {shape}" if shape else f"{name} {answer!s:.100}"
        return f"{name} {reprlib.repr(answer):.100}"
    except Exception:  # an answer's own __repr__ may be broken
        return name


def expect_hint(check_id: str) -> None:
    """For the proof that an exercise can fail: the next answer to it is the stub's, and has to get a hint."""
    _EXPECTED_HINTS[check_id] = False


def hint_came(check_id: str) -> None:
    """Ends what `expect_hint` began.

    Raises:
        CheckFailed: the stub's answer passed, or was never checked.
    """
    if not _EXPECTED_HINTS.pop(check_id, False):
        raise CheckFailed(f"exercise {check_id}: the stub's answer got no hint, so the check proves nothing")


def _find(check_id: str) -> Check:
    lesson_id = str(check_id).partition(".")[0]
    if check_id not in _CHECKS and lesson_id.isalnum():
        module = f"aoi_modules.course.exercises.lesson_{lesson_id}"
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
    if check_id not in _CHECKS:
        known = ", ".join(sorted(name for name in _CHECKS if name.partition(".")[0] == lesson_id))
        raise CourseError(f"there is no exercise {check_id!r}", hint=f"exercises of this lesson: {known or 'none'}")
    return _CHECKS[check_id]


def _recorded(check_id: str, passed: bool) -> int:
    """The number of tries so far. A progress file that cannot be used is said aloud and spoils no answer."""
    try:
        return progress.record(settings().progress_file, check_id, passed=passed).attempts
    except CourseError as error:
        click.secho(f"not recorded: {error}", fg="red")
        return 0
