"""Two trainees get different names and ports; one gets the same each time."""

from random import Random

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.servables.tasks import Task, refuse_other


def test_a_neighbour_has_another_task() -> None:
    tasks = [Task.of(Random(seed)) for seed in range(50)]
    assert tasks[0] == Task.of(Random(0))
    assert len({task.name for task in tasks}) > 40
    assert len({(task.grpc, task.period, task.memory) for task in tasks}) > 45
    assert all(task.rest == task.grpc + 1 for task in tasks)
    assert all(task.namespace.removeprefix("lesson7-") == task.name.removeprefix("fashion-") for task in tasks)


def test_what_is_no_task() -> None:
    with pytest.raises(Hint, match="expected the task above"):
        refuse_other("fashion")
