"""Reads `curriculum.yml`; a mistake in it is named by item, lesson and field."""

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.course.checklist.rules import first_problem
from aoi_modules.errors import CourseError

FILE_NAME = "curriculum.yml"


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
