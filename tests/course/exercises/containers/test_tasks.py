"""The dice make tasks that differ, that can be solved, and that are broken as they say."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from aoi_modules.course.checks import Hint, judge
from aoi_modules.course.exercises.containers.tasks import (
    BrokenLine,
    Task,
    broken_dockerfile,
    broken_lines,
    refuse_other,
)
from tests.course.exercises.containers.answers import jupyter_file, pages_file, run_line, station_file

SEEDS = range(40)


def test_the_files_of_a_task_are_there(task: Task) -> None:
    assert (task.jupyter / "requirements.txt").read_text().startswith("jupyterlab")
    assert json.loads((task.jupyter / "notebooks" / task.notebook).read_text())["nbformat"] == 4
    assert compile((task.station / task.program).read_text(), task.program, "exec")
    assert task.work.stat().st_mode & 0o777 == 0o777
    assert (task.work / task.found).is_file()
    assert task.lay(), "written again, since a cell may run twice"


def test_a_reader_with_a_number_of_a_person_keeps_it(tmp_path: Path) -> None:
    root, person = (Task.of(Random(1), tmp_path, own_number=number) for number in (0, 1234))
    assert root.uid >= 2000
    assert person == replace(root, uid=1234)


def test_neighbours_have_other_tasks(tmp_path: Path) -> None:
    tasks = {Task.of(Random(seed), tmp_path, own_number=0) for seed in SEEDS}
    assert len(tasks) == len(SEEDS)
    assert len({one.uid for one in tasks}) > 35
    assert len({one.user for one in tasks}) > 8


@pytest.mark.parametrize("seed", SEEDS)
def test_every_task_can_be_solved_and_no_neighbours_answer_fits(tmp_path: Path, seed: int) -> None:
    task, other = (Task.of(Random(one), tmp_path / str(one)) for one in (seed, seed + 1))
    task.lay()
    broken = broken_lines(task, Random(seed))
    own = {"task": task, "engine": None}
    for check_id, write in (("1.1", jupyter_file), ("1.2", station_file), ("1.3", pages_file)):
        passed, message = judge(check_id, {**own, "dockerfile": write(task)})
        assert passed, message
        if (task.user, task.parts) != (other.user, other.parts):
            assert not judge(check_id, {**own, "dockerfile": write(other)})[0]
    assert judge("1.4", {**own, "line": run_line(task)})[0]
    assert not judge("1.4", {**own, "line": run_line(other)})[0]
    lines = [run_line(one.task) for one in broken]
    passed, message = judge("1.5", {"broken": broken, "engine": None, "lines": lines})
    assert passed, message


@pytest.mark.parametrize("seed", SEEDS)
def test_each_fault_alone_is_found(tmp_path: Path, seed: int) -> None:
    task = Task.of(Random(seed), tmp_path)
    task.lay()
    broken = broken_dockerfile(task, Random(seed))
    assert len(broken.faults) == 4
    assert not judge("1.3", {"task": task, "engine": None, "dockerfile": broken.text})[0]
    lines = broken_lines(task, Random(seed))
    assert lines[0].fault == "dash"
    for place, one in enumerate(lines):
        mended = [run_line(other.task) for other in lines]
        mended[place] = one.line
        passed, message = judge("1.5", {"broken": lines, "engine": None, "lines": mended})
        assert not passed, one.fault
        assert message.startswith(f"line {place + 1}: "), message


def test_all_faults_of_lines_are_met(tmp_path: Path) -> None:
    task = Task.of(Random(0), tmp_path)
    met: dict[str, BrokenLine] = {one.fault: one for seed in SEEDS for one in broken_lines(task, Random(seed))}
    assert set(met) == {
        "dash",
        "turned",
        "behind",
        "volume name",
        "other target",
        "no gpu",
        "no restart",
        "rm",
    }
    assert all(one.symptom for one in met.values())


def test_another_thing_in_place_of_the_task_is_refused(task: Task) -> None:
    assert refuse_other(task) is task
    with pytest.raises(Hint, match="leave it as it is"):
        refuse_other({"user": "ada"})
