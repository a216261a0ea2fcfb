"""What tests of lesson 2's exercises share: a task, and a machine without a kubectl, whose stand-in answers at once."""

from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters import release


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return Task.of(Random(7), tmp_path)


@pytest.fixture
def no_kubectl(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in for kubectl where there is none; the real one has a test of its own."""
    monkeypatch.setattr(release, "here", lambda: (None, release.STAND_IN))
