"""The rules of lessons: a good one breaks none, and each rule finds what it is there for."""

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from aoi_modules.course.notebook.rules import Subject, broken_rules

Change = Callable[[Any], None]


@pytest.fixture
def lesson(small_course: Any, exercise_cells: Callable[[str, str, str], list[Any]]) -> Any:
    """A good lesson as nodes, and its course."""
    small_course.lesson("1")
    text, stub, solution, _ = exercise_cells("2.1", "None", "4")
    check = new_code_cell(
        'from aoi_modules.course.checks import check\n\ncheck("2.1", answer)', metadata={"tags": ["check"]}
    )
    path = small_course.lesson("2", "x = 1", text, stub, solution, check, needs=["1"], checks=["2.1"])
    return small_course, nbformat.read(path, as_version=4)


def problems(lesson: Any, change: Change) -> list[str]:
    course, nb = lesson
    change(nb)
    curriculum = course.curriculum
    return broken_rules(Subject(nb, curriculum.lesson("2"), curriculum, frozenset({"judge_score"})))


def test_a_good_lesson_breaks_no_rule(lesson: Any) -> None:
    assert problems(lesson, lambda nb: None) == []


def source(at: int, text: str) -> Change:
    return lambda nb: nb.cells[at].__setitem__("source", text)


def outputs(nb: Any) -> None:
    nb.cells[2].outputs = [new_output("stream", text="1")]


# cells: 0 title, 1 parameters, 2 open, 3 needs, 4 x = 1, 5 task, 6 stub, 7 solution, 8 check, 9 finish, 10 links
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda nb: nb.__setitem__("nbformat_minor", 4), "save it as 4.5"),
        (lambda nb: nb.metadata.kernelspec.__setitem__("name", "tf"), "kernelspec 'tf'"),
        (lambda nb: nb.metadata.__setitem__("papermill", {}), "metadata 'papermill'"),
        (lambda nb: nb.cells[1].__setitem__("id", nb.cells[2].id), "each cell needs one of its own"),
        (outputs, "cell 3: has outputs"),
        (lambda nb: nb.cells[2].__setitem__("execution_count", 1), "cell 3: has outputs or an execution count"),
        (source(0, "# 3 Other"), "cell 1: has to be Markdown and begin with the line '# 2 Lesson 2'"),
        (source(0, "# 2 Lesson 2\n\n**You will be able to** o"), "cell 1: has to say **Needs**"),
        (lambda nb: nb.cells[1].metadata.__setitem__("tags", []), "0 cells are tagged 'parameters'"),
        (lambda nb: nb.cells[4].metadata.__setitem__("tags", ["parameters"]), "2 cells are tagged 'parameters'"),
        (lambda nb: nb.cells.insert(1, new_code_cell("1")), "have to be the first code cell"),
        (source(1, 'profile: str = "cpu"'), "needs a comment"),
        (source(4, "%matplotlib inline"), "cell 5: not plain Python"),
        (source(4, "def judge_score():\n    pass"), "cell 5: defines judge_score(), which aoi_modules has"),
        (source(4, "def long():\n" + "    x = 1\n" * 10), "cell 5: long() has 11 lines"),
        (lambda nb: nb.cells[7].metadata.__setitem__("tags", []), "expected exercise, solution, check"),
        (lambda nb: nb.cells.insert(6, nb.cells.pop(7)), "expected exercise, solution, check"),
        (source(5, "## Exercise 2.2: x"), "has to have the heading 'Exercise 2.1: ...'"),
        (source(5, "Give a number."), "has to have the heading 'Exercise 2.1: ...'"),
        (source(8, 'check("2.2", answer)'), "curriculum.yml lists ['2.1']. Received: ['2.2']"),
        (source(8, "1"), 'a check cell has to call check("ID", answer)'),
        (source(4, 'check("2.1", 1)'), "cell 5: calls check() without the tag 'check'"),
        (source(2, "import aoi_modules"), 'expected exactly one Lesson.open("2", profile=profile)'),
        (source(3, "1"), "lesson.needs: curriculum.yml lists ['1']. Received: []"),
        (source(9, "1"), "the last code cell has to call lesson.finish"),
        (source(10, "The end"), "the last cell has to be this Markdown: Previous: [1 Lesson 1](01_lesson.ipynb)"),
        (lambda nb: nb.cells.insert(4, new_markdown_cell("![x](https://x.org/a.png)")), "a picture from the network"),
        (lambda nb: nb.cells.insert(4, new_markdown_cell("<img src='a.png'>")), "holds HTML"),
    ],
)
def test_each_rule_finds_its_fault(lesson: Any, change: Change, words: str) -> None:
    found = problems(lesson, change)
    assert any(words in problem and problem.startswith("02_lesson.ipynb: ") for problem in found), found


def test_a_lesson_that_does_not_import_the_package(lesson: Any) -> None:
    def strip(nb: Any) -> None:
        for cell in nb.cells:
            cell.source = cell.source.replace("from aoi_modules", "from elsewhere")

    assert any("no cell imports aoi_modules" in problem for problem in problems(lesson, strip))


def test_links_to_the_web_are_welcome(lesson: Any) -> None:
    assert problems(lesson, lambda nb: nb.cells.insert(4, new_markdown_cell("[paper](https://x.org)"))) == []


def test_an_empty_notebook_breaks_rules_and_not_the_rules(lesson: Any) -> None:
    assert problems(lesson, lambda nb: nb.cells.clear())
