"""Two trainees pack the same program under different names."""

from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.gateway_task import GatewayTask, refuse_other


def test_a_neighbour_has_another_task(tmp_path: Path) -> None:
    tasks = [GatewayTask.of(Random(seed), tmp_path) for seed in range(50)]
    assert tasks[0] == GatewayTask.of(Random(0), tmp_path)
    assert len({(task.name, task.port) for task in tasks}) > 45
    assert tasks[0].image == f"{tasks[0].name}:1"


def test_the_program_is_laid_into_the_project(tmp_path: Path) -> None:
    path = GatewayTask.of(Random(0), tmp_path).lay()
    assert path.parent == tmp_path / "small-gateway"
    compile(path.read_text(), path, "exec")


def test_what_is_no_task() -> None:
    with pytest.raises(Hint, match="expected the task above"):
        refuse_other(None)
