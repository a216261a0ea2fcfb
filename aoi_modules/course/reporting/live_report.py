"""The report of a run while it goes on: every page is there as soon as its lesson has ended."""

from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.course.reporting.reading_pages import write_reading_pages
from aoi_modules.course.reporting.report import Report, index_path, write_index, write_lesson, write_report
from aoi_modules.course.running.forecast import Forecast
from aoi_modules.course.running.order import RunOrder
from aoi_modules.course.running.outcome import Outcome


@dataclass
class LiveReport:
    """Pages that appear one after the other, and an index that reloads itself until the run has ended.

    Args:
        order: of the run.
        forecast: says how long lessons will take.
    """

    order: RunOrder
    forecast: Forecast
    _ended: dict[str, Outcome] = field(default_factory=dict, init=False)

    def begin(self) -> Path:
        """Writes an index in which all lessons are still to come, and says where it is."""
        write_reading_pages(self.order.report_dir)
        self._write_index()
        return index_path(self.order)

    def add(self, outcome: Outcome) -> Path | None:
        """Writes the page of a lesson, and the index anew; says where the page is, if the lesson ran."""
        page = write_lesson(self.order, outcome)
        self._ended[outcome.plan.id] = outcome
        self._write_index()
        return page if outcome.status in ("passed", "failed") else None

    def end(self, outcomes: list[Outcome]) -> Report:
        """Writes what is still missing, and the index for good."""
        return write_report(self.order, outcomes, there=self._ended)

    def _write_index(self) -> None:
        names = [plan.id for plan in self.order.plans if plan.id not in self._ended]
        coming = {name: seconds for name in names if (seconds := self.forecast.lesson(name)) is not None}
        write_index(self.order, [*self._ended.values()], coming)
