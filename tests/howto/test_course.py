"""The how-tos of the course: a lesson, and a question in it."""

import pytest

from aoi_modules.course import artifacts
from tests.howto.copy_of_house import CopyOfHouse


def rules_kept(house: CopyOfHouse) -> None:
    """Every lesson of the copy keeps the rules, the new one and the one that now leads on to it."""
    house.run(
        'python -c "'
        "from aoi_modules.course import material;"
        "from aoi_modules.course.notebook.file import read_notebook;"
        "from aoi_modules.course.notebook.rules import Subject, broken_rules;"
        "from aoi_modules.course.running.package_code import package_functions;"
        "found = material.curriculum();"
        "broken = [broken_rules(Subject(read_notebook(material.notebook_path(plan)), plan, found, package_functions()))"
        " for plan in found.written()];"
        'raise SystemExit(str(sum(broken, [])) if any(broken) else 0)"'
    )


@pytest.mark.slow
def test_a_lesson_and_a_question_in_it(house: CopyOfHouse) -> None:
    house.follow("### A lesson")
    rules_kept(house)
    assert "[13 What a count proves](notebooks/13_counting_mistakes.ipynb)" in (house.folder / "README.md").read_text()
    left = house.folder / "artifacts" / "ci" / "13"
    assert artifacts.read(left).figures["few"] == "5.0% (1 of 20; 95%: 0.9% to 23.6%)"
    (outcome,) = house.follow("### A question")
    rules_kept(house)
    assert "passed" in outcome
