"""A docker run line: every way to write it right passes, each mistake gets its hint."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.run_line import check_line, read_line, without_gpu, words_of
from aoi_modules.course.exercises.containers.tasks import Task
from tests.course.exercises.containers.answers import run_line


def judge(line: object, task: Task) -> None:
    check_line(read_line(line), task)


@pytest.mark.parametrize(
    "gpu", ["--gpus all", "--gpus=all", "--runtime=nvidia", "--runtime nvidia", '--gpus "device=0"']
)
def test_both_flags_for_the_gpu_pass(task: Task, gpu: str) -> None:
    judge(run_line(task, gpu), task)


def test_every_order_and_every_way_to_write_a_flag_passes(task: Task) -> None:
    judge(
        f"sudo docker run --restart always --detach \\\n --publish=127.0.0.1:{task.port}:8888 \\\n --gpus=all "
        f"--mount type=bind,source={task.work},target={task.inside} --name={task.container} {task.image}",
        task,
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("--name", "-—name", "its second dash is a long one"),
        ("--restart", "—restart", "its first dash is a long one"),
        ("--name {task.container}", "--name “jupyter”", "quotation mark"),
        ("-p {task.port}:8888", "-p 8888:{task.port}", "the order is outside:inside"),
        ("-p {task.port}:8888", "", "opens nothing"),
        ("-p {task.port}:8888", "-p {task.port}:80", "leads to port 80 inside"),
        ("-p {task.port}:8888", "-p 8888:8888", "expected yours"),
        ("-p {task.port}:8888", "-p 8888 ", "Docker chooses the port outside"),
        ("-v {task.work}:{task.inside}", "", "gone with the container"),
        ("-v {task.work}:{task.inside}", "-v {task.inside}:{task.work}", "the order is outside:inside"),
        ("-v {task.work}:{task.inside}", "-v {task.work}:/work", "works elsewhere"),
        ("-v {task.work}:{task.inside}", "-v work:{task.inside}", "an empty volume of that name"),
        ("-v {task.work}:{task.inside}", "-v /tmp:{task.inside}", "found /tmp"),
        ("-v {task.work}:{task.inside}", "-v $PWD:{task.inside}", "begins with $"),
        ("{task.inside}", "{task.inside}:ro", "could save nothing"),
        ("--name {task.container}", "", "Docker makes one up"),
        ("--name {task.container}", "-name {task.container}", "has two dashes"),
        ("-d ", "", "holds on to it"),
        ("--restart=always", "", "nobody starts Jupyter again"),
        ("--restart=always", "--restart=on-failure", "another promise"),
        ("--restart=always", "--restart=allways", "Docker does not know"),
        ("--restart=always", "--restart=always --rm", "takes only one of them"),
        ("--gpus all", "", "list the CPU alone"),
        ("--gpus all", "--runtime=cuda", "is called nvidia"),
        ("{task.image}", "{task.image} --gpus all", "goes to the program inside"),
        ("{task.image}", "{task.container}", "which nobody built"),
        ("{task.image}", "other:1", "found other:1"),
        ("docker run", "docker start", "begins with docker run"),
        ("{task.image}", "FILL_IN", "still open"),
        ("--name {task.container}", '--name "{task.container}', "not a command that a shell could read"),
    ],
)
def test_each_mistake_gets_its_hint(task: Task, old: str, new: str, words: str) -> None:
    line = run_line(task)
    old, new = old.format(task=task), new.format(task=task)
    assert old in line
    with pytest.raises(Hint) as caught:
        judge(line.replace(old, new), task)
    assert words in str(caught.value)


def test_what_is_no_text_is_refused(task: Task) -> None:
    with pytest.raises(Hint, match="as text"):
        judge(["docker", "run"], task)


@pytest.mark.parametrize("gpu", ["--gpus all", "--gpus=all", "--runtime=nvidia", "--runtime nvidia"])
def test_a_line_can_be_had_without_its_gpu(task: Task, gpu: str) -> None:
    line = run_line(task, gpu)
    assert without_gpu(line) == words_of(run_line(task, ""))
    assert words_of(f"sudo {line}")[:2] == ["-p", f"{task.port}:8888"]
