"""The study checklist as data: items, their lessons, and what each lesson needs and leaves.

`curriculum.yml` is read into these frozen structs and checked once; everything else in the course takes them as they
are. The order of the lessons in the file is the order in which a trainee meets them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from aoi_modules.course.checklist.rules import first_problem
from aoi_modules.errors import CourseError

FILE_NAME = "curriculum.yml"
GPU_PATIENCE = 8
"""The profile gpu works on the full data, so its limits are this many times those in the file."""

Phase = Literal["A2", "A3", "A4", "A5", "Advanced"]


class Timeouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits in seconds: for one cell, and for the whole lesson with the start of its kernel."""

    cell: float = 300.0
    lesson: float = 900.0


class LessonPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One notebook: what it needs, what it leaves in its artifacts folder, and how long it may take.

    `minutes` is measured with the profile cpu on two cores.
    """

    id: str
    notebook: str
    title: str
    written: bool = True
    needs: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    minutes: float = 1.0
    timeouts: Timeouts = Timeouts()

    @property
    def file_name(self) -> str:
        return f"{self.notebook}.ipynb"

    @property
    def full_title(self) -> str:
        """Id and title, as the notebook's first heading has them."""
        return f"{self.id} {self.title}"

    def limits(self, profile: str) -> Timeouts:
        """The limits in seconds with this profile."""
        patience = GPU_PATIENCE if profile == "gpu" else 1
        return Timeouts(self.timeouts.cell * patience, self.timeouts.lesson * patience)


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the checklist."""

    id: str
    title: str
    purpose: str
    phase: Phase
    lessons: tuple[LessonPlan, ...]


class Curriculum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole checklist, in the order of the course."""

    items: tuple[Item, ...]

    def lessons(self) -> Iterator[LessonPlan]:
        """All lessons, written or not."""
        for item in self.items:
            yield from item.lessons

    def written(self) -> tuple[LessonPlan, ...]:
        """The lessons that exist; each stands after the lessons that it needs."""
        return tuple(lesson for lesson in self.lessons() if lesson.written)

    def lesson(self, lesson_id: str) -> LessonPlan:
        """The lesson of that id.

        Raises:
            CourseError: there is none, or it is not yet written; the message lists those there are.
        """
        known = {lesson.id: lesson for lesson in self.lessons()}
        lesson = known.get(lesson_id)
        if lesson is not None and lesson.written:
            return lesson
        why = "is not yet written" if lesson is not None else "is not in curriculum.yml"
        names = ", ".join(written.id for written in self.written())
        raise CourseError(f"lesson {lesson_id!r} {why}", hint=f"lessons there are: {names or 'none'}")


def load(path: Path) -> Curriculum:
    """Reads and checks a curriculum.yml.

    Raises:
        CourseError: not there, not YAML, or an item or lesson breaks a rule; names the item and the field.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{path}: no checklist there", hint="aoi course start DIR makes a course folder") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: not valid YAML: {error}") from None
    return parse(raw, str(path))


def parse(raw: Any, origin: str) -> Curriculum:
    """Checks what YAML gave; `origin` names the file in errors.

    Raises:
        CourseError: an item or lesson breaks a rule; names the item and the field.
    """
    try:
        curriculum = msgspec.convert(raw, Curriculum)
    except msgspec.ValidationError as error:
        raise CourseError(f"{origin}: {_placed(str(error), raw)}", hint=_quoting_hint(str(error))) from None
    problem = first_problem(list(curriculum.lessons()), [item.id for item in curriculum.items])
    if problem:
        raise CourseError(f"{origin}: {problem}")
    return curriculum


def _placed(message: str, raw: Any) -> str:
    """msgspec's message with the item's and lesson's id instead of their position in the file."""
    text, _, place = message.partition(" - at ")
    found = re.match(r"`\$(?:\.items\[(\d+)\])?(?:\.lessons\[(\d+)\])?\.?(.*)`$", place)
    if found is None:
        return message
    item_at, lesson_at, field = found.groups()
    names = []
    if item_at is not None:
        item = raw["items"][int(item_at)]
        names.append(f"item {_name(item, item_at)}")
        if lesson_at is not None:
            names.append(f"lesson {_name(item['lessons'][int(lesson_at)], lesson_at)}")
    if field:
        names.append(f"field {field}")
    return f"{', '.join(names)}: {text}" if names else text


def _name(entry: Any, position: str) -> str:
    named = entry.get("id") if isinstance(entry, dict) else None
    return repr(named) if named is not None else f"number {int(position) + 1} (it has no id)"


def _quoting_hint(message: str) -> str:
    return 'write numbers in quotes: "6"' if "Expected `str`, got `int`" in message else ""
