"""Exercise 1.2: what runs again when the program changes."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.layer_order import check_layer_order
from aoi_modules.course.exercises.containers.tasks import BASE, Task
from aoi_modules.study.containers.engine import Engine
from tests.course.exercises.containers.answers import station_file

INSTALL = "RUN pip install --no-cache-dir -r requirements.txt"


def test_files_by_name_pass_too(task: Task) -> None:
    text = station_file(task).replace("COPY . .", f"COPY {task.program} limits.json ./")
    assert "computed" in check_layer_order(text, task, None)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["WORKDIR /app", "COPY . .", INSTALL], "line 3 copies it before line 4 installs"),
        (["COPY limits.json requirements.txt ./", INSTALL, "COPY . ."], "limits.json changes, and everything"),
        (["COPY requirements.txt .", "COPY . .", INSTALL], "line 3 copies it"),
        (["RUN pip install numpy", "COPY . ."], "nothing is installed anew"),
        (["COPY . ."], "0 steps that install"),
        ([INSTALL, INSTALL, "COPY . ."], "2 steps that install"),
        (["COPY requirements.txt .", INSTALL, "COPY other.py ."], "no such file"),
    ],
)
def test_each_mistake_gets_its_hint(task: Task, lines: list[str], words: str) -> None:
    text = "\n".join([f"FROM {BASE}", *lines, f'CMD ["python", "{task.program}"]'])
    with pytest.raises(Hint) as caught:
        check_layer_order(text, task, None)
    assert words in str(caught.value)


def test_the_container_has_to_run_the_program_of_the_task(task: Task) -> None:
    with pytest.raises(Hint, match="expected python with"):
        check_layer_order(station_file(task).replace(task.program, "count_others.py"), task, None)


def test_an_engine_builds_it_twice_and_runs_it(task: Task, engine: Engine) -> None:
    praise = check_layer_order(station_file(task), task, engine)
    assert "from the cache" in praise
    assert f"{task.parts}: " in praise


def test_a_program_whose_file_was_left_out_is_found_out(task: Task, engine: Engine) -> None:
    with pytest.raises(Hint, match=r"last line is: .*limits.json"):
        check_layer_order(station_file(task).replace("COPY . .", f"COPY {task.program} ."), task, engine)
