"""A shift and who tells of it: questions in PromQL by the names of its stretches."""

from collections.abc import Mapping

from aoi_modules.errors import CourseError
from aoi_modules.study.watching.answers import Sample, Series, Source
from aoi_modules.study.watching.shift import Shift

LAG_SECONDS = 1.0
"""Behind the end of a stretch: what happened last in it has been scraped by then."""


class Watch:
    """A shift that was watched.

    Args:
        source: who answers.
        shift: that it tells of.
        window: as ranges in questions have it, such as `5s`.
        where: who answers, in words.
    """

    def __init__(self, source: Source, shift: Shift, window: str, where: str) -> None:
        self._source, self.shift, self.window, self.where = source, shift, window, where

    def ask(self, query: str, moment: str) -> list[Sample]:
        """Answers at the end of a stretch of the shift.

        Args:
            query: in PromQL.
            moment: the name of the stretch.

        Raises:
            QuestionRefused: it cannot be understood.
            CourseError: there is no such stretch, or no answer.
        """
        if moment not in self.shift.moments:
            raise CourseError(f"moment: expected {', '.join(self.shift.moments)}. Received: {moment!r}")
        return self._source.ask(query, self.shift.moments[moment][1] + LAG_SECONDS)

    def over(self, query: str) -> list[Series]:
        """Answers for each second of the shift, in seconds since it began.

        Raises:
            QuestionRefused: it cannot be understood.
            CourseError: there is no answer.
        """
        found = self._source.over(query, self.shift.begun, self.shift.ended + LAG_SECONDS)
        return [one.begun_at(self.shift.begun) for one in found]

    def stretches(self) -> Mapping[str, tuple[float, float]]:
        """Begin and end of each stretch, in seconds since the shift began."""
        begun = self.shift.begun
        return {name: (start - begun, end - begun) for name, (start, end) in self.shift.moments.items()}
