"""Progress lines, and bars on a terminal."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.reporting.tables import print_outcomes
from aoi_modules.course.running.display import Display, LiveDisplay, PlainDisplay, display_for
from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone
from aoi_modules.course.running.outcome import Outcome

PLAN = LessonPlan(id="5a", notebook="05a_x", title="Fashion [bold]")


def play(display: Display) -> None:
    """A lesson that fails in its second cell."""
    display.report(Path("/report/index.html"))
    display.begins(PLAN, "changed: the notebook")
    display.left(200.0)
    display.began(PLAN, Began(23))
    display.cell_began(PLAN, CellBegan(1, "Look [x]"))
    display.cell_done(PLAN, CellDone(1, "Look [x]", 12.34))
    display.cell_began(PLAN, CellBegan(2, "Train"))
    for seconds in (3.0, 31.0, 40.0, 61.0):
        display.still(PLAN, seconds)
    display.left(None)
    display.ended(Outcome(plan=PLAN, status="failed", seconds=62.0, reason="cell 2, Train: no"))
    display.page(PLAN, Path("/report/a page.html"))
    display.close()


def test_plain_lines() -> None:
    console = Console(record=True, width=40, stderr=True)
    play(PlainDisplay(console))
    assert console.export_text().splitlines() == [
        "the report fills up while the lessons run: file:///report/index.html",
        "[5a] runs again; changed: the notebook",
        "[5a] Fashion [bold]: 23 cells; about 3 minutes left",
        "[5a] cell 1/23 Look [x] ... 12.3 s",
        "[5a] cell 2/23 Train ... still at work after 31 s",
        "[5a] cell 2/23 Train ... still at work after 61 s",
        "[5a] failed in 62.0 s: cell 2, Train: no",
        "[5a] page: file:///report/a%20page.html",
    ]


def test_bars() -> None:
    console = Console(record=True, width=120, stderr=True, force_terminal=True)
    display = LiveDisplay(console)
    play(display)
    text = console.export_text()
    assert "failed" in text
    assert "[5a] page: file:///report/a%20page.html" in text


def test_a_terminal_shows_what_is_left_until_nobody_knows() -> None:
    console = Console(record=True, width=120, stderr=True, force_terminal=True)
    display = LiveDisplay(console)
    display.left(200.0)
    assert "about 3 minutes left" in console.export_text()
    display.close()


@pytest.mark.parametrize(
    ("terminal", "plain", "kind"),
    [(True, False, LiveDisplay), (True, True, PlainDisplay), (False, False, PlainDisplay)],
)
def test_lines_where_no_bars_can_be_drawn(terminal: bool, plain: bool, kind: type[Any]) -> None:
    display = display_for(Console(force_terminal=terminal, stderr=True), plain=plain)
    display.close()
    assert isinstance(display, kind)


def test_the_summary_has_a_row_for_each_lesson() -> None:
    console = Console(record=True, width=120, stderr=True)
    print_outcomes(console, [Outcome(plan=PLAN, status="skipped", reason="needs [1], which failed")])
    assert "5a Fashion [bold]" in console.export_text(clear=False)
    assert "needs [1], which failed" in console.export_text()
