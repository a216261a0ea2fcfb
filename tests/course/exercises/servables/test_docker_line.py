"""Exercise 7.1 on an engine: the reader's command is started for real, and asked by both protocols."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.servables.docker_line import check_docker_line
from aoi_modules.course.exercises.servables.server_engine import ServerEngine
from aoi_modules.course.exercises.servables.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.serving.launchers.docker import IMAGE

TASK = Task.of(Random("a test of 7.1"))


@pytest.fixture
def engine() -> Iterator[ServerEngine]:
    """An engine with an image of a model server; what a test starts by it is removed."""
    try:
        found = ServerEngine.find("test-7.1")
    except CourseError as error:
        pytest.skip(f"no model server in a container: {error.message}")
    yield found
    found.engine.tidy()


@pytest.fixture
def models(lesson_models: Path, tmp_path: Path) -> Path:
    """A folder with a servable of the name that the exercise asks for."""
    shutil.copytree(lesson_models / "tile", tmp_path / "fashion")
    return tmp_path


def line(models: Path) -> str:
    return (
        f"docker run --rm --name={TASK.name} -p {TASK.grpc}:8500 -p {TASK.rest}:8501 "
        f"-v {models}/fashion:/models/fashion:ro {IMAGE} --model_name=fashion --model_base_path=/models/fashion"
    )


def test_without_an_engine_it_is_read(models: Path) -> None:
    assert "read and not run, since no engine is here" in check_docker_line(line(models), TASK, None)


def test_the_server_is_started_and_asked_by_both_protocols(models: Path, engine: ServerEngine) -> None:
    praise = check_docker_line(line(models), TASK, engine)
    assert "predictions by gRPC and by HTTP have the scores of the model itself" in praise
    assert engine.image in praise
    assert engine.engine.look(TASK.name) is None


def test_what_the_engine_refuses_is_said(models: Path, engine: ServerEngine) -> None:
    with pytest.raises(Hint, match="refuses"):
        check_docker_line(line(models).replace("--rm", "--network=no-such-network"), TASK, engine)


def test_a_server_that_ends_is_said(models: Path, engine: ServerEngine) -> None:
    (models / "fashion/1/saved_model.pb").write_bytes(b"broken")
    with pytest.raises(Hint, match="docker logs says"):
        check_docker_line(line(models).replace("--rm", "--memory=6m"), TASK, engine)
