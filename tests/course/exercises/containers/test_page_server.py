"""Exercise 1.3: four faults, each with its hint."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.page_server import check_page_server
from aoi_modules.course.exercises.containers.tasks import Task
from aoi_modules.study.containers.engine import Engine
from tests.course.exercises.containers.answers import pages_file


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("WORKDIR {task.place}", "RUN mkdir -p /srv/x && cd /srv/x", "ends with its RUN"),
        ("WORKDIR {task.place}\n", "", "starts in /"),
        ("pictures {task.place}/pictures", "pictures /pictures", "have to be in"),
        ("COPY pictures {task.place}/pictures\n", "", "found no COPY"),
        ("USER 65534\n", "", "as root"),
        ('"pictures"]', '"pictures", "--bind", "127.0.0.1"]', "leads to nobody"),
        ('"8888"', '"80"', "expected port 8888"),
        (', "--directory", "pictures"', "", "--directory pictures"),
        ('"-m", "http.server"', '"app.py"', "as it was meant"),
        ("COPY", "ENV PASSWORD=x\nCOPY", "docker history"),
    ],
)
def test_each_mistake_gets_its_hint(task: Task, old: str, new: str, words: str) -> None:
    text, old = pages_file(task), old.format(task=task)
    assert old in text
    with pytest.raises(Hint) as caught:
        check_page_server(text.replace(old, new), task, None)
    assert words in str(caught.value)


def test_other_ways_to_write_it_pass(task: Task) -> None:
    text = pages_file(task).replace(f"{task.place}/pictures", "./pictures")
    text = text.replace('"pictures"]', '"pictures", "--bind", "0.0.0.0"]')
    assert "mended" in check_page_server(text, task, None)


def test_an_engine_shows_the_page(task: Task, engine: Engine) -> None:
    praise = check_page_server(pages_file(task), task, engine)
    assert f"{task.parts} of {task.user}, number {task.uid}" in praise
