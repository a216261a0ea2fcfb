"""A shift is asked about by the names of its stretches, and its time begins with it."""

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.watching import questions, recorded
from aoi_modules.study.watching.answers import Sample, Series
from aoi_modules.study.watching.shift import Shift
from aoi_modules.study.watching.watch import LAG_SECONDS, Watch

SHIFT = Shift(100.0, {"before": (100.0, 110.0), "A": (112.0, 120.0)}, {"A": "drift"})


class Said:
    """Answers with when it was asked."""

    def ask(self, query: str, at: float) -> list[Sample]:
        return [Sample({"query": query}, at)]

    def over(self, query: str, start: float, end: float) -> list[Series]:
        return [Series({"query": query}, (start, end), (1.0, 2.0))]


def test_a_stretch_is_asked_about_at_its_end() -> None:
    watch = Watch(Said(), SHIFT, "5s", "nobody")
    assert watch.ask("up", "A") == [Sample({"query": "up"}, 120.0 + LAG_SECONDS)]
    assert watch.over("up") == [Series({"query": "up"}, (0.0, 20.0 + LAG_SECONDS), (1.0, 2.0))]
    assert watch.stretches() == {"before": (0.0, 10.0), "A": (12.0, 20.0)}


def test_a_stretch_that_is_none_is_said() -> None:
    watch = recorded.read().watch()
    with pytest.raises(CourseError, match="expected before, A, B, C, D"):
        watch.ask(questions.statuses(watch.window), "E")
