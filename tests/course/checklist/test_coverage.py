"""Coverage: what it promises is looked for in the lessons, and every promise that is not kept is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from aoi_modules.course.checklist.coverage import Coverage, load, problems
from aoi_modules.course.checklist.curriculum import Curriculum, Item, LessonPlan

FIRST = LessonPlan(id="1", notebook="01_one", title="First", checks=("1.1",))
SECOND = LessonPlan(id="2", notebook="02_two", title="Second", checks=("2.1",))
THIRD = LessonPlan(id="3", notebook="03_three", title="Third", written=False)
CURRICULUM = Curriculum(
    items=tuple(
        Item(id=plan.id, title="T", purpose="P.", phase="A2 to A3", lessons=(plan,)) for plan in (FIRST, SECOND, THIRD)
    )
)
CELLS = {"1": {"c1": "An **early\nstop** saves time."}, "2": {"c1": "nothing"}}


def covered(tmp_path: Path, *rows: dict[str, Any]) -> Coverage:
    (tmp_path / "coverage.yml").write_text(yaml.safe_dump({"rows": list(rows)}))
    return load(tmp_path / "coverage.yml")


def found(coverage: Coverage) -> list[str]:
    return list(problems(coverage, CURRICULUM, lambda plan: CELLS[plan.id]))


def test_what_is_kept_is_no_problem(tmp_path: Path) -> None:
    words = [
        {"word": "early stop", "lesson": "1", "cell": "c1"},
        {"word": "why to stop", "lesson": "1", "cell": "c1", "written": "SAVES TIME"},
    ]
    rows = (
        {"item": "1", "words": words, "deeds": [{"deed": "stop", "exercise": "1.1"}]},
        {"item": "2", "open": [{"what": "go", "waits_for": "lesson 3"}]},
        {"item": "3", "open": [{"what": "run"}]},
    )
    assert found(covered(tmp_path, *rows)) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"item": "9"}, "item 9: not in the checklist"),
        (
            {"item": "1", "words": [{"word": "late", "lesson": "1", "cell": "c1"}]},
            "item 1: 'late': cell 'c1' of lesson 1 does not say 'late'",
        ),
        (
            {"item": "1", "words": [{"word": "early", "lesson": "1", "cell": "c2"}]},
            "item 1: 'early': lesson 1 has no cell 'c2'",
        ),
        (
            {"item": "1", "words": [{"word": "early", "lesson": "3", "cell": "c1"}]},
            "item 1: 'early': lesson 3 is not written",
        ),
        (
            {"item": "1", "deeds": [{"deed": "stop", "exercise": "2.1"}]},
            "item 1: 'stop': its lessons have no exercise 2.1",
        ),
        ({"item": "1", "open": [{"what": "go"}]}, "item 1: 'go' is open, although its lesson is written"),
    ],
)
def test_a_promise_that_is_not_kept_is_named(tmp_path: Path, row: dict[str, Any], words: str) -> None:
    assert found(covered(tmp_path, row)) == [words]
