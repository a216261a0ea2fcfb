"""What every Dockerfile of the lesson is asked."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.dockerfile_rules import (
    check_copies,
    check_secrets,
    check_steps,
    command_of,
    find,
    read_dockerfile,
    user_of,
)
from aoi_modules.course.exercises.containers.tasks import BASE, Task
from aoi_modules.study.containers.dockerfile import Instruction


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (7, "as text"),
        ("  \n", "still empty"),
        ("RUN true", "expected FROM"),
        (f"FROM {BASE}\nFROM {BASE}", "2 times FROM"),
        ("FROM debian", "to begin with"),
        ("FROM python", "another Python next month"),
        ("FROM python:latest", "another Python next month"),
        ("FROM python:3", f"was tried with {BASE}"),
    ],
)
def test_where_it_begins(text: object, words: str) -> None:
    with pytest.raises(Hint, match=words):
        read_dockerfile(text)


def test_a_base_may_be_written_with_its_place() -> None:
    assert len(read_dockerfile(f"FROM docker.io/library/{BASE}\nRUN true")) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ENV JUPYTER_TOKEN=abc", "docker history"),
        ("ARG api_key", "docker history"),
        ("COPY ../other .", "lies outside"),
        ("COPY nothing .", "no such file"),
        ("COPY requirements.txt", "where to"),
        ("RUN mkdir /x && cd /x", "cd /x ends with its RUN"),
        ("RUN export A=1", "ends with its RUN"),
        ("RUN jupyter lab", "RUN starts jupyter"),
        ("RUN python -m jupyter lab", "RUN starts jupyter"),
    ],
)
def test_what_a_line_must_not_do(task: Task, line: str, words: str) -> None:
    steps = read_dockerfile(f"FROM {BASE}\n{line}")
    with pytest.raises(Hint, match=words):
        check_all(steps, task)


def check_all(steps: list[Instruction], task: Task) -> None:
    check_secrets(steps)
    check_copies(steps, task.jupyter)
    check_steps(steps, "jupyter")


@pytest.mark.parametrize(
    "line", ["RUN cd /tmp && ls", "RUN pip install jupyterlab", "RUN mkdir /home/jupyter", "COPY requirements.txt /"]
)
def test_what_it_may_do(task: Task, line: str) -> None:
    check_all(read_dockerfile(f"FROM {BASE}\n{line}"), task)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("RUN true", "found no CMD"),
        ('CMD ["a"]\nCMD ["b"]', "lines 2 and 3; the last one wins"),
        ("CMD ['a', 'b']", "no JSON"),
        ("CMD python app.py", "does not reach the program"),
    ],
)
def test_the_command_is_one_list(lines: str, words: str) -> None:
    with pytest.raises(Hint, match=words):
        command_of(read_dockerfile(f"FROM {BASE}\n{lines}"))


def test_entry_point_and_command_are_one() -> None:
    steps = read_dockerfile(f'FROM {BASE}\nENTRYPOINT ["python"]\nCMD ["a.py"]')
    assert command_of(steps) == ("python", "a.py")
    assert [one.name for one in find(steps, "CMD")] == ["CMD"]


@pytest.mark.parametrize("user", ["", "USER root", "USER 0:0"])
def test_nobody_runs_it_as_root(user: str) -> None:
    with pytest.raises(Hint, match="as root"):
        user_of(read_dockerfile(f"FROM {BASE}\n{user}"))


def test_the_last_user_counts() -> None:
    assert user_of(read_dockerfile(f"FROM {BASE}\nUSER root\nUSER ada:users")) == "ada"
