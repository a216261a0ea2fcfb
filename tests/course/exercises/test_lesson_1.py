"""Lesson 1: right answers pass, what is not theirs to change is refused, and anything at all gets a sentence."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.course.exercises.containers.tasks import Task, broken_lines
from aoi_modules.study.containers.engine import Engine
from tests import container_engine
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird
from tests.course.exercises.containers.answers import jupyter_file, pages_file, run_line, station_file

TASK = Task.of(Random(7), Path("/nowhere"))
BROKEN = broken_lines(TASK, Random(7))
OWN = {"task": TASK, "engine": None}
LINES = [run_line(one.task) for one in BROKEN]


@pytest.fixture
def task(tmp_path: Path) -> Task:
    found = Task.of(Random(7), tmp_path)
    found.lay()
    return found


def test_right_answers_pass(task: Task) -> None:
    own = {"task": task, "engine": None}
    passes("1.1", {**own, "dockerfile": jupyter_file(task)})
    passes("1.2", {**own, "dockerfile": station_file(task)})
    passes("1.3", {**own, "dockerfile": pages_file(task)})
    passes("1.4", {**own, "line": run_line(task)})
    passes("1.4", {**own, "line": run_line(task, "--runtime=nvidia")})
    passes("1.5", {"broken": BROKEN, "engine": None, "lines": LINES})


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("1.1", None, "expected a dict"),
        ("1.1", {**OWN, "dockerfile": ...}, "no answer yet"),
        ("1.2", {"task": "ada", "engine": None, "dockerfile": "FROM x"}, "expected the task above"),
        ("1.3", {"task": TASK, "engine": "docker", "dockerfile": "FROM x"}, "expected what the lesson found"),
        ("1.3", {**OWN, "dockerfile": '\nFROM python\nCMD ["a"]'}, "line 1: found python"),
        ("1.5", {"broken": (), "engine": None, "lines": []}, "expected the three of the task"),
        ("1.5", {"broken": BROKEN, "engine": None, "lines": LINES[:2]}, "expected a list of 3 lines"),
        ("1.5", {"broken": BROKEN, "engine": None, "lines": [one.line for one in BROKEN]}, "line 1: found -—name"),
        ("1.5", {"broken": BROKEN, "engine": None, "lines": [*LINES[:2], LINES[0]]}, "line 3: "),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


@given(
    st.sampled_from(["1.1", "1.2", "1.3", "1.4", "1.5"]),
    weird(("task", "engine", "dockerfile"), ("task", "engine", "line"), ("broken", "engine", "lines")),
)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)


@given(st.text(), st.sampled_from(["1.1", "1.2", "1.3"]))
def test_any_text_gets_a_sentence(text: str, check_id: str) -> None:
    gets_a_sentence(check_id, {**OWN, "dockerfile": text})


def test_an_engine_takes_the_mended_lines(task: Task) -> None:
    engine: Engine = container_engine.engine("test-lesson-1")
    broken = broken_lines(task, Random(7))
    passes("1.5", {"broken": broken, "engine": engine, "lines": [run_line(one.task) for one in broken]})
    assert all(engine.look(one.task.container) is None for one in broken)
