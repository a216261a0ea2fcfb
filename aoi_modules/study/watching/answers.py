"""What a question in PromQL gets: values with their labels, at one moment or over time."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from aoi_modules.errors import CourseError


class QuestionRefused(CourseError):
    """A question that cannot be understood."""


class Sample(msgspec.Struct, frozen=True):
    """A value at one moment, with the labels that tell it from others."""

    labels: dict[str, str]
    value: float


class Series(msgspec.Struct, frozen=True):
    """Values over time; `times` are seconds, of the epoch or from some beginning."""

    labels: dict[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]

    def begun_at(self, begin: float) -> "Series":
        """The same with times from a beginning on."""
        return Series(self.labels, tuple(time - begin for time in self.times), self.values)


class Source(Protocol):
    """Who answers questions in PromQL."""

    def ask(self, query: str, at: float) -> list[Sample]:
        """Answers at a moment, in seconds of the epoch.

        Raises:
            QuestionRefused: the question cannot be understood.
            CourseError: there is no answer.
        """

    def over(self, query: str, start: float, end: float) -> list[Series]:
        """Answers for each second between two moments; raises as `ask`."""


def named(labels: Mapping[str, str]) -> str:
    """Labels as people read them: `tile, FAIL`."""
    return ", ".join(text for name, text in sorted(labels.items()) if name != "__name__") or "all"
