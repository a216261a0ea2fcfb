"""What the study checklist asks for, word by word, and where the lessons teach and try it: `notebooks/coverage.yml`.

A row of the checklist has words, each taught in a cell, and deeds, each done in an exercise. What no lesson has yet is
open. Pure but for the file it reads.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from aoi_modules.course.checklist import yaml_file
from aoi_modules.course.checklist.curriculum import Curriculum, LessonPlan

FILE_NAME = "coverage.yml"

Cells = Callable[[LessonPlan], Mapping[str, str]]
"""Gives a lesson's cells: id -> source."""


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of the checklist and the cell that teaches it.

    `written` is what stands in the cell; without it, that is the word itself.
    """

    word: str
    lesson: str
    cell: str
    written: str = ""


class Deed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to do with one's own hands, and the exercise whose check proves it."""

    deed: str
    exercise: str


class Open(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word or a deed that no lesson has yet; `waits_for` says for what, where its lesson is written already."""

    what: str
    waits_for: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item of the checklist."""

    item: str
    words: tuple[Word, ...] = ()
    deeds: tuple[Deed, ...] = ()
    open: tuple[Open, ...] = ()


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All items of the checklist, in its order."""

    rows: tuple[Row, ...]


def load(path: Path) -> Coverage:
    """Reads a coverage.yml; `problems` says whether the lessons keep what it promises.

    Raises:
        CourseError: not there, not YAML, or of another form.
    """
    return yaml_file.read(path, Coverage)


def problems(coverage: Coverage, curriculum: Curriculum, cells: Cells) -> Iterator[str]:
    """Where the lessons do not hold what the coverage says, one sentence each."""
    lessons = {plan.id: plan for plan in curriculum.written()}
    items = {item.id: item for item in curriculum.items}
    for row in coverage.rows:
        if row.item not in items:
            yield f"item {row.item}: not in the checklist"
            continue
        checks = {check for plan in items[row.item].lessons for check in plan.checks}
        yield from (f"item {row.item}: {problem}" for problem in _word_problems(row, lessons, cells))
        for deed in row.deeds:
            if deed.exercise not in checks:
                yield f"item {row.item}: {deed.deed!r}: its lessons have no exercise {deed.exercise}"
        if all(plan.written for plan in items[row.item].lessons):
            for one in row.open:
                if not one.waits_for:
                    yield f"item {row.item}: {one.what!r} is open, although its lesson is written"


def _word_problems(row: Row, lessons: Mapping[str, LessonPlan], cells: Cells) -> Iterator[str]:
    for word in row.words:
        if word.lesson not in lessons:
            yield f"{word.word!r}: lesson {word.lesson} is not written"
            continue
        found = cells(lessons[word.lesson])
        written = word.written or word.word
        if word.cell not in found:
            yield f"{word.word!r}: lesson {word.lesson} has no cell {word.cell!r}"
        elif _plain(written) not in _plain(found[word.cell]):
            yield f"{word.word!r}: cell {word.cell!r} of lesson {word.lesson} does not say {written!r}"


def _plain(text: str) -> str:
    """Without line breaks, stars and capital letters, which may fall anywhere."""
    return " ".join(text.replace("*", "").lower().split())
