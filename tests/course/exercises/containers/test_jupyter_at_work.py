"""Exercise 1.4 on an engine: what is missing is said, and the real Jupyter is opened."""

import socket

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.jupyter_at_work import open_jupyter
from aoi_modules.course.exercises.containers.jupyter_image import check_jupyter_image
from aoi_modules.course.exercises.containers.tasks import BASE, Task
from aoi_modules.study.containers.engine import Engine
from tests.course.exercises.containers.answers import jupyter_file, run_line


def test_without_the_image_it_says_where_it_is_built(task: Task, engine: Engine) -> None:
    engine.ask("image", "rm", "--force", task.image)  # another test may have built it
    with pytest.raises(Hint, match=r"build it in exercise 1\.1"):
        open_jupyter(engine, run_line(task), task)


def test_a_program_that_ends_at_once_is_said_with_its_last_words(task: Task, engine: Engine) -> None:
    (task.folder / "Dockerfile").write_text(f'FROM {BASE}\nCMD ["sh", "-c", "echo no jupyter here"]\n')
    assert not engine.build(task.folder, task.image).failed
    line = run_line(task).replace("--restart=always ", "")
    try:
        with pytest.raises(Hint, match="no jupyter here"):
            open_jupyter(engine, line, task)
    finally:
        engine.ask("image", "rm", "--force", task.image)


def test_a_name_or_a_port_that_is_taken_is_said_with_the_way_out(task: Task, engine: Engine) -> None:
    (task.folder / "Dockerfile").write_text(f'FROM {BASE}\nCMD ["sleep", "60"]\n')
    assert not engine.build(task.folder, task.image).failed
    assert engine.ask("create", "--name", task.container, task.image).returncode == 0
    try:
        with pytest.raises(Hint, match="did not start: docker rm --force"):
            open_jupyter(engine, run_line(task), task)
        engine.remove(task.container)
        with socket.socket() as taken:
            taken.bind(("", task.port))
            taken.listen()
            with pytest.raises(Hint, match=f"port {task.port} is taken"):
                open_jupyter(engine, run_line(task), task)
        assert engine.look(task.container) is None
    finally:
        engine.remove(task.container)
        engine.ask("image", "rm", "--force", task.image)


@pytest.mark.slow
def test_jupyter_is_opened_ended_and_comes_back(task: Task, engine: Engine) -> None:
    check_jupyter_image(jupyter_file(task), task, engine)
    opened = open_jupyter(engine, run_line(task), task)
    assert opened.address.startswith(f"http://localhost:{task.port}/lab?token=")
    found = engine.look(task.container)
    assert found is not None
    assert found["HostConfig"]["RestartPolicy"]["Name"] == "always"
    again = open_jupyter(engine, run_line(task, "--runtime=nvidia"), task)
    assert again.address != opened.address, "a Jupyter that starts anew has a new token"
    engine.ask("image", "rm", "--force", task.image)
