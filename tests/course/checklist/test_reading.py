"""Reading the checklist: which item and field a bad one is blamed on, and what the official one has."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.errors import CourseError

GOOD: dict[str, Any] = {
    "items": [
        {
            "id": "1",
            "title": "One",
            "purpose": "P.",
            "phase": "A2 to A3",
            "lessons": [{"id": "1", "notebook": "01_one", "title": "First"}],
        },
        {
            "id": "2",
            "title": "Two",
            "purpose": "P.",
            "phase": "A3 to A4",
            "lessons": [
                {"id": "2a", "notebook": "02a_two", "title": "Second", "needs": ["1"], "checks": ["2a.1", "2a.2"]},
                {"id": "2b", "notebook": "02b_two", "title": "Third", "written": False},
            ],
        },
    ]
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """GOOD with the field at `path` (keys and positions, by dots) set to `value`."""
    raw = deepcopy(GOOD)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = raw
    for part in way:
        place = place[part]
    place[last] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("items.1.phase", "A9", ["item '2', field phase", "A9"]),
        ("items.0.id", 1, ["field id", "Expected `str`, got `int`"]),
        ("items.0.id", "2", ["item '2', field id: it stands twice"]),
        ("items.0.lesson", [], ["item '1'", "lesson"]),
        ("items.1.lessons.0.timeouts", "two", ["item '2', lesson '2a', field timeouts"]),
        ("items.1.lessons.0.colour", "red", ["item '2', lesson '2a'", "colour"]),
        ("items.1.lessons.0.id", "two", ["lesson 'two', field id"]),
        ("items.1.lessons.0.id", "1", ["lesson '1', field id: it stands twice"]),
        ("items.1.lessons.0.notebook", "2_two", ["lesson '2a', field notebook", "02a_"]),
        ("items.1.lessons.0.needs", ["9"], ["lesson '2a', field needs", "no lesson '9'"]),
        ("items.1.lessons.0.needs", ["2b"], ["lesson '2a', field needs", "'2b' is not yet written"]),
        ("items.0.lessons.0.needs", ["1"], ["a circle, 1 needs 1"]),
        ("items.0.lessons.0.needs", ["2a"], ["a circle, 1 needs 2a needs 1"]),
        ("items.1.lessons.0.checks", ["2.1"], ["lesson '2a', field checks", "'2.1'"]),
        ("items.1.lessons.0.checks", ["2a.1", "2a.1"], ["field checks: '2a.1' stands twice"]),
        ("items.1.lessons.0.produces", ["../x"], ["field produces", "../x"]),
        ("items.1.lessons.0.produces", ["/x"], ["field produces", "/x"]),
        ("items.1.lessons.0.timeouts", {"cell": 5, "lesson": 4}, ["field timeouts"]),
        ("items.1.lessons.0.timeouts", {"cell": 0}, ["field timeouts"]),
    ],
)
def test_a_bad_checklist_names_item_and_field(path: str, value: Any, words: list[str]) -> None:
    with pytest.raises(CourseError) as raised:
        reading.parse(changed(path, value), "curriculum.yml")
    for word in ["curriculum.yml", *words]:
        assert word in raised.value.message


def test_a_lesson_that_stands_before_its_need_is_refused() -> None:
    raw = deepcopy(GOOD)
    raw["items"].reverse()
    with pytest.raises(CourseError, match="lesson '1' stands after it in the file"):
        reading.parse(raw, "here")


def test_numbers_as_ids_come_with_a_hint() -> None:
    with pytest.raises(CourseError) as raised:
        reading.parse(changed("items.0.id", 1), "here")
    assert '"6"' in raised.value.hint


@pytest.mark.parametrize("raw", [None, [], "text", {"items": 3}, {}])
def test_what_is_no_checklist_at_all_is_refused(raw: Any) -> None:
    with pytest.raises(CourseError, match="here"):
        reading.parse(raw, "here")


def test_files_that_are_missing_or_no_yaml(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no checklist there"):
        reading.load(tmp_path / "curriculum.yml")
    (tmp_path / "curriculum.yml").write_text("items: [")
    with pytest.raises(CourseError, match="not valid YAML"):
        reading.load(tmp_path / "curriculum.yml")


TEAM = {
    "1": ("Programming and executing on the server with a GPU.", "preparing for A2 to A4"),
    "2": ("Deploying microservices and using resources efficiently.", "preparing for A4 to A5"),
    "3": ("Understanding the concepts of famous models.", "A2 to A3"),
    "4": ("Layers; what `compile` and `fit` take; augmentation.", "A2 to A3"),
    "5": ("Classification and several outputs, pictures and CSV.", "A2 to A3"),
    "6": (
        "The models of one component in one `.pb` for TensorFlow Serving, the uniform format that the team agreed on.",
        "A3 to A4",
    ),
    "7": ("A microservice that always receives data and predicts by HTTP or gRPC.", "A4 to A5"),
    "8": (
        "A template for the company; test that one's own TensorFlow Serving performs consistently.",
        "A4 to A5",
    ),
    "9": ("Distributing pictures to the models they belong to.", "A4 to A5"),
    "10": ("Dashboard, database, node exporter.", "A4 to A5"),
    "11": ("What to learn to be a grand AI architect.", "Advanced"),
}
"""Item -> purpose and phase, in the words of the team's study checklist."""


def test_purposes_and_phases_are_the_words_of_the_team() -> None:
    found = reading.load(material.official_dir() / reading.FILE_NAME)
    assert {item.id: (item.purpose, item.phase) for item in found.items if item.id in TEAM} == TEAM


def test_the_official_checklist_has_eleven_items_and_a_capstone() -> None:
    found = reading.load(material.official_dir() / reading.FILE_NAME)
    assert [item.id for item in found.items] == [str(number) for number in range(1, 13)]
    assert found.items[-1].title == "Capstone"
    for lesson in found.written():
        assert len(lesson.checks) >= 2, f"lesson {lesson.id} has two exercises"
        assert lesson.produces
