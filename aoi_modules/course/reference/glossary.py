"""The words of the course with their meanings, from `notebooks/glossary.yml`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import msgspec

from aoi_modules.course.checklist import yaml_file
from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.errors import CourseError

FILE_NAME = "glossary.yml"


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word, its other forms, what it means, and where it means that; no lessons: everywhere."""

    word: str
    meaning: str
    also: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The word's place on the glossary page."""
        return "word-" + re.sub(r"[^a-z0-9]+", "-", self.word.lower()).strip("-")

    @property
    def forms(self) -> tuple[str, ...]:
        """How the word is written, without plurals."""
        return (self.word, *self.also)

    def belongs_to(self, lesson_id: str) -> bool:
        """Whether a lesson uses the word in this meaning."""
        return not self.lessons or lesson_id in self.lessons


class Glossary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All words, in the order of the file: that of the course."""

    words: tuple[Word, ...]

    @cached_property
    def alphabetical(self) -> tuple[Word, ...]:
        """As a reader looks them up."""
        return tuple(sorted(self.words, key=lambda word: word.word.lower()))


def load(path: Path, curriculum: Curriculum) -> Glossary:
    """Reads and checks a glossary.yml.

    Raises:
        CourseError: not there, not YAML, or a word breaks a rule; names the word.
    """
    glossary = yaml_file.read(path, Glossary)
    known = tuple(plan.id for plan in curriculum.lessons())
    for problem in _problems(glossary.words, known):
        raise CourseError(f"{path}: {problem}")
    return glossary


def _problems(words: tuple[Word, ...], lessons: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        if not word.meaning.endswith("."):
            yield f"{word.word!r}: expected a meaning in whole sentences. Received: {word.meaning!r}"
        if not set(word.lessons) <= set(lessons):
            yield f"{word.word!r}: expected lessons of curriculum.yml. Received: {list(word.lessons)}"
    yield from (f"{name!r} is the place of two words on the page" for name in _twice(word.anchor for word in words))
    for lesson in lessons:
        forms = (form for word in words if word.belongs_to(lesson) for form in word.forms)
        yield from (f"{form!r} has two meanings in lesson {lesson}" for form in _twice(forms))


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
