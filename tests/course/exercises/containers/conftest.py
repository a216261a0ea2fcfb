"""A trainee's task with its files, and the container engine of this machine, if it has one."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.exercises.containers.tasks import Task
from aoi_modules.study.containers.engine import Engine
from tests import container_engine


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A task whose files are there."""
    found = Task.of(Random("a test"), tmp_path)
    found.lay()
    return found


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine; what a test starts by it is removed."""
    found = container_engine.engine("test-exercises")
    yield found
    found.tidy()
