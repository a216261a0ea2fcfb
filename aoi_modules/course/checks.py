"""Exercises that check themselves: `check("5a.2", answer)` in a notebook gives a green line or a pointed hint.

The exercises of a lesson are in aoi_modules/course/exercises/lesson_<id>.py, one function each:

    @exercise("5a.2")
    def accuracy(answer: object) -> str:
        if not isinstance(answer, float):
            raise Hint(f"found {kind(answer)}, expected a number between 0 and 1")
        return "the accuracy on the test pictures"

They are found there by their id; nothing is registered when a module is imported.
"""

import importlib
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import click

from aoi_modules.course.checklist import progress
from aoi_modules.errors import AoiError, CheckFailed, CourseError
from aoi_modules.settings import settings

Check = Callable[[Any], str]
"""Takes an answer and returns a line of praise, or raises Hint."""


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


@dataclass(frozen=True)
class Exercise:
    """An exercise: its id in curriculum.yml, and the function that checks its answers."""

    id: str
    check: Check


def exercise(check_id: str) -> Callable[[Check], Exercise]:
    """Makes an exercise of a function that checks its answers."""
    return partial(Exercise, check_id)


def check(check_id: str, answer: object, *, among: Iterable[Exercise] | None = None) -> CheckResult:
    """Checks an answer, prints the outcome and records it in the progress file.

    Args:
        check_id: of the exercise.
        answer: anything at all.
        among: exercises to find it among; None: those of its lesson.

    Raises:
        CourseError: there is no such exercise.
        CheckFailed: the answer is not right, in a headless run only.
    """
    result = _told(check_id, answer, among)
    if not result and settings().strict_checks:
        raise CheckFailed(f"exercise {check_id}: {result.message}")
    return result


def trial(check_id: str, answer: object, *, among: Iterable[Exercise] | None = None) -> CheckResult:
    """As `check`, for the answer of a stub, whose hint stops no run; `hint_came` asks for the hint afterwards.

    Raises:
        CourseError: there is no such exercise.
    """
    return _told(check_id, answer, among)


def hint_came(check_id: str) -> None:
    """Proves that an exercise can fail, once the answer of its stub was on trial.

    Raises:
        CheckFailed: the stub's answer passed, or was never checked.
    """
    attempt = progress.read(settings().progress_file).checks.get(check_id)
    if attempt is None or attempt.passed:
        raise CheckFailed(f"exercise {check_id}: the stub's answer got no hint, so the check proves nothing")


def judge(check_id: str, answer: object, *, among: Iterable[Exercise] | None = None) -> tuple[bool, str]:
    """Whether an answer is right, and the praise or the hint. Prints and records nothing.

    Raises:
        CourseError: there is no such exercise.
    """
    found = _find(check_id, among)
    try:
        return True, str(found.check(answer) or "right")
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


def exercises_of(lesson_id: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, by its module; none where it has no module.

    Raises:
        CourseError: two of them have the same id.
    """
    module = _module(lesson_id)
    found = tuple(value for value in vars(module).values() if isinstance(value, Exercise)) if module else ()
    for number, one in enumerate(found):
        for other in found[:number]:
            if other.id == one.id and other != one:
                names = f"{other.check.__qualname__} and {one.check.__qualname__}"
                raise CourseError(f"exercise {one.id!r} has two checks: {names}")
    return found


def _module(lesson_id: str) -> ModuleType | None:
    if not lesson_id.isalnum():
        return None
    name = f"aoi_modules.course.exercises.lesson_{lesson_id}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _find(check_id: str, among: Iterable[Exercise] | None) -> Exercise:
    lesson_id = str(check_id).partition(".")[0]
    known = {one.id: one for one in (exercises_of(lesson_id) if among is None else among)}
    if check_id not in known:
        names = ", ".join(sorted(known))
        raise CourseError(f"there is no exercise {check_id!r}", hint=f"exercises of this lesson: {names or 'none'}")
    return known[check_id]


def _told(check_id: str, answer: object, among: Iterable[Exercise] | None) -> CheckResult:
    """Judges an answer, prints and records the outcome."""
    passed, message = judge(check_id, answer, among=among)
    click.secho(f"{check_id} {'✓' if passed else '✗'} {message}", fg="green" if passed else "yellow")
    return CheckResult(check_id, passed, message, _recorded(check_id, passed))


def _recorded(check_id: str, passed: bool) -> int:
    """The number of tries so far. A progress file that cannot be used is said aloud and spoils no answer."""
    try:
        return progress.record(settings().progress_file, check_id, passed=passed).attempts
    except CourseError as error:
        click.secho(f"not recorded: {error}", fg="red")
        return 0
