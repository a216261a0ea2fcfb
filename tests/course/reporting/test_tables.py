"""Outcomes and checklist on a terminal, and in a pipe as plain text."""

from io import StringIO

import pytest
from rich.console import Console

from aoi_modules.course.artifacts import LessonManifest
from aoi_modules.course.checklist.coverage import Coverage, Deed, Open, Row, Word
from aoi_modules.course.checklist.curriculum import Curriculum, Item, LessonPlan
from aoi_modules.course.checklist.progress import Attempt, Progress
from aoi_modules.course.checklist.status import course_status
from aoi_modules.course.reporting.tables import next_line, print_coverage, print_outcomes, print_status
from aoi_modules.course.running.outcome import Outcome
from aoi_modules.modelstore.manifest import DataOrigin

FIRST = LessonPlan(id="1", notebook="01_first", title="First [bold]", checks=("1.1", "1.2"))
SECOND = LessonPlan(id="2", notebook="02_second", title="Second", written=False)
CHECKLIST = Curriculum(
    items=(
        Item(id="1", title="Begin", purpose="P.", phase="A2 to A3", lessons=(FIRST,)),
        Item(id="2", title="Go on", purpose="P.", phase="A3 to A4", lessons=(SECOND,)),
    )
)


def solved(*names: str) -> Progress:
    return Progress(checks={name: Attempt(passed=True, time="2026-01-01", attempts=1) for name in names})


def printed(outcomes: list[Outcome]) -> list[str]:
    console = Console(record=True, width=120, file=StringIO())
    print_outcomes(console, outcomes)
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_an_outcome_shows_its_figures_or_its_reason() -> None:
    manifest = LessonManifest(
        lesson="1",
        profile="ci",
        made="2026-01-01",
        files={},
        figures={"accuracy": 0.98765, "pictures": 10},
        data=(DataOrigin(name="tiles", sha256="0", stand_in=True),),
    )
    heading, first, second = printed(
        [
            Outcome(plan=FIRST, status="passed", seconds=12.34, manifest=manifest),
            Outcome(plan=SECOND, status="skipped", reason="needs 1, which failed"),
        ]
    )
    assert heading.split() == ["Lesson", "Status", "Seconds", "Key", "figures"]
    assert first == "1 First [bold]  passed      12.3  accuracy 0.9877, pictures 10, stand-in data: tiles"
    assert second == "2 Second        skipped           needs 1, which failed"


def test_the_coverage_shows_deeds_with_their_exercises_and_what_is_open() -> None:
    first = Row(
        item="1",
        words=(Word(word="stop", lesson="1", cell="c1"),),
        deeds=(Deed(deed="stop it", exercise="1.1"), Deed(deed="start it", exercise="1.2")),
    )
    console = Console(record=True, width=120, file=StringIO())
    print_coverage(console, Coverage((first, Row(item="2", open=(Open(what="run"),)))), CHECKLIST)
    lines = [line.split() for line in console.export_text().splitlines()]
    assert lines[1:] == [
        ["1", "Begin", "1", "1.1", "stop", "it"],
        ["1.2", "start", "it"],
        ["2", "Go", "on", "0", "run"],
    ]


def test_the_checklist_shows_each_exercise() -> None:
    console = Console(record=True, width=120, file=StringIO())
    print_status(console, course_status(CHECKLIST, solved("1.1")))
    lines = [line.rstrip() for line in console.export_text().splitlines()]
    assert lines[1].split() == ["1", "Begin", "A2", "to", "A3", "begun"]
    assert "1 First [bold]" in lines[2]
    assert "✓ 1.1  · 1.2" in lines[2]
    assert lines[3].split() == ["2", "Go", "on", "A3", "to", "A4", "not", "yet", "written"]
    assert lines[4] == "1 of 2 exercises solved; next: exercise 1.2 in notebooks/01_first.ipynb"


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ((), "0 of 2 exercises solved; next: exercise 1.1 in notebooks/01_first.ipynb"),
        (("1.2",), "1 of 2 exercises solved; next: exercise 1.1 in notebooks/01_first.ipynb"),
        (("1.1", "1.2"), "2 of 2 exercises solved: nothing is left for now"),
    ],
)
def test_what_is_next(names: tuple[str, ...], line: str) -> None:
    assert next_line(course_status(CHECKLIST, solved(*names))) == line
