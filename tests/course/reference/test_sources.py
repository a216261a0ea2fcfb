"""The sources of the lessons: each well formed, each of a lesson that there is, and none of the team's forgotten."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.reference.sources import FILE_NAME, Source, cell_text, load
from aoi_modules.errors import CourseError

FOLDER = material.official_dir()
CURRICULUM = reading.load(FOLDER / reading.FILE_NAME)
PATH = FOLDER / material.NOTEBOOKS / FILE_NAME
NAMED = {
    "1": ["docs.docker.com/engine"],
    "2": ["kubernetes.io/docs/reference/kubernetes-api"],
    "3": ["SnailTyan/deep-learning-papers-translation", "keras.io/api/applications"],
    "4": [
        "keras.io/api/layers/core_layers",
        "keras.io/api/data_loading/image",
        "keras.io/api/optimizers",
        "machinelearningmastery.com/how-to-stop-training",
        "machinelearningmastery.com/how-to-choose-loss-functions",
        "ruder.io/optimizing-gradient-descent",
        "blog.csdn.net/u010089444",
        "developers.google.com/machine-learning/crash-course/classification",
        "medium.com/usf-msds",
    ],
    "5a": ["zalandoresearch/fashion-mnist"],
    "5b": ["zalandoresearch/fashion-mnist"],
    "5c": ["emanhamed/Houses-dataset"],
}
"""Lesson -> parts of the addresses that the study checklist names for it."""
GOOD = {"title": "A paper", "kind": "paper", "address": "https://arxiv.org/abs/1409.1556", "lessons": ["3"]}


def one(**changes: Any) -> dict[str, Any]:
    return {"sources": [{**GOOD, **changes}]}


def test_the_sources_of_the_course_are_well_formed_and_every_lesson_has_some() -> None:
    found = load(PATH, CURRICULUM)
    for plan in CURRICULUM.written():
        assert any(plan.id in source.lessons for source in found), plan.id


@pytest.mark.parametrize("lesson", NAMED)
def test_what_the_checklist_names_is_there(lesson: str) -> None:
    addresses = [source.address for source in load(PATH, CURRICULUM) if lesson in source.lessons]
    for part in NAMED[lesson]:
        assert any(part in address for address in addresses), part


def test_every_family_of_networks_has_its_paper() -> None:
    papers = [source.title for source in load(PATH, CURRICULUM) if source.kind == "paper" and "3" in source.lessons]
    for family in ("VGG", "ResNet", "Inception", "MobileNet"):
        assert any(title.startswith(family) for title in papers), family


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (one(address="http://arxiv.org/abs/1"), "expected an address https://host/path"),
        (one(address="https://arxiv.org"), "expected an address https://host/path"),
        (one(address="https://arxiv.org/abs/1 2"), "expected an address https://host/path"),
        (one(address="https://user@arxiv.org/abs/1"), "expected an address https://host/path"),
        (one(lessons=["99"]), r"expected lessons of curriculum.yml. Received: \['99'\]"),
        (one(lessons=[]), "expected lessons of curriculum.yml"),
        (one(kind="rumour"), "Invalid enum value 'rumour'"),
        (one(more=1), "unknown field `more`"),
        ({"sources": [GOOD, GOOD]}, "stands twice"),
        ([], "Expected `object`"),
    ],
)
def test_a_source_that_breaks_a_rule_is_named(tmp_path: Path, raw: Any, words: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(yaml.safe_dump(raw))
    with pytest.raises(CourseError, match=f"^{path}: .*{words}"):
        load(path, CURRICULUM)


def test_a_lesson_shows_its_own_sources_by_kind() -> None:
    page = Source(title="A page", kind="page", address="https://keras.io/api/", lessons=("3", "4"))
    paper = Source(title="A paper", kind="paper", address="https://arxiv.org/abs/1409.1556", lessons=("3",))
    text = cell_text((page, paper), "3")
    assert text == (
        "## Sources\n\n**Papers**\n- [A paper](https://arxiv.org/abs/1409.1556)\n\n"
        "**Pages**\n- [A page](https://keras.io/api/)"
    )
