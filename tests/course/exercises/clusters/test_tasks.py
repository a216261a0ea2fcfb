"""The dice make tasks that differ, and no neighbour's answer fits."""

from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.checks import Hint, judge
from aoi_modules.course.exercises.clusters.tasks import IMAGE, Task, refuse_other
from tests.course.exercises.clusters.answers import jupyter_file
from tests.documents import ROOT

SEEDS = range(40)


def test_the_image_is_the_one_of_the_project() -> None:
    assert f"JUPYTER_CPU_IMAGE={IMAGE}\n" in (ROOT / "docker" / "versions.env").read_text()


def test_neighbours_have_other_tasks(tmp_path: Path) -> None:
    tasks = {Task.of(Random(seed), tmp_path) for seed in SEEDS}
    assert len({one.namespace for one in tasks}) == len(SEEDS)
    assert all(len(one.namespace) < 40 and one.namespace.startswith("lesson2-") for one in tasks)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_task_can_be_solved_and_no_neighbours_file_fits(tmp_path: Path, seed: int) -> None:
    task, other = (Task.of(Random(one), tmp_path) for one in (seed, seed + 1))
    passed, message = judge("2.1", {"task": task, "cluster": None, "file": jupyter_file(task)})
    assert passed, message
    assert not judge("2.1", {"task": task, "cluster": None, "file": jupyter_file(other)})[0]


def test_another_thing_in_place_of_the_task_is_refused(task: Task) -> None:
    assert refuse_other(task) is task
    with pytest.raises(Hint, match="leave it as it is"):
        refuse_other({"user": "ada"})
