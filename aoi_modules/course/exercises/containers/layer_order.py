"""Exercise 1.2: the order of a Dockerfile in which a changed program does not install everything again."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.dockerfile_rules import (
    check_copies,
    check_steps,
    command_of,
    find,
    read_dockerfile,
)
from aoi_modules.course.exercises.containers.tasks import Task
from aoi_modules.study.containers.build_cache import from_cache, step_keys
from aoi_modules.study.containers.dockerfile import Instruction
from aoi_modules.study.containers.engine import Engine

REQUIREMENTS, LIMITS = "requirements.txt", "limits.json"


def check_layer_order(answer: object, task: Task, engine: Engine | None) -> str:
    """Changes the program and then the requirements, and looks at what runs again; says what was seen.

    Raises:
        Hint: too much runs again, or too little.
    """
    steps = read_dockerfile(answer)
    check_copies(steps, task.station)
    check_steps(steps, task.program)
    words = command_of(steps)
    if task.program not in " ".join(words):
        raise Hint(f"CMD: found {' '.join(words)}, expected python with {task.program}")
    place = _install(steps)
    for name in (task.program, LIMITS):
        if not _cached_without(steps, place, task.station, name):
            raise Hint(
                f"{name} changes, and everything is installed again: line {_culprit(steps, place)} copies it before "
                f"line {steps[place].line} installs"
            )
    if _cached_without(steps, place, task.station, REQUIREMENTS):
        raise Hint(f"{REQUIREMENTS} changes, and nothing is installed anew: copy it before, and install from the file")
    if engine is None:
        return "a changed program leaves the installed packages in the cache; computed, since no engine is here"
    return _measured(str(answer), place, task, engine)


def _install(steps: Sequence[Instruction]) -> int:
    """The place of the one step that installs."""
    places = [at for at, one in enumerate(steps) if one.name == "RUN" and "install" in one.value]
    if len(places) != 1:
        raise Hint(f"found {len(places)} steps that install, expected one")
    return places[0]


def _cached_without(steps: Sequence[Instruction], place: int, project: Path, name: str) -> bool:
    """Whether a step comes from the cache after one file changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(project, copy)
        before = step_keys(steps, copy)
        with (copy / name).open("a") as file:
            file.write("\n")
        return from_cache(before, step_keys(steps, copy))[place]


def _culprit(steps: Sequence[Instruction], place: int) -> int:
    """The line of the COPY that takes more than the requirements before the install."""
    early = [one for one in find(steps[:place], "COPY") if REQUIREMENTS not in one.words[:-1] or len(one.words) > 2]
    return (early or find(steps, "COPY"))[0].line


def _measured(text: str, place: int, task: Task, engine: Engine) -> str:
    """Builds twice with a changed program between, and runs the result."""
    (task.station / "Dockerfile").write_text(text)
    tag = f"station-{task.parts}-{task.uid}:1"
    first = engine.build(task.station, tag)
    if first.failed:
        raise Hint(f"{engine.name} does not build it: {first.failed}")
    with (task.station / task.program).open("a") as file:
        file.write("\n")
    second = engine.build(task.station, tag)
    if second.failed:
        raise Hint(f"{engine.name} does not build it: {second.failed}")
    if place < len(second.steps) and not second.steps[place].cached:
        raise Hint(f"built twice, and {engine.name} ran the step again: {second.steps[place].text}")
    said = engine.ask("run", "--rm", tag)
    if task.parts not in said.stdout:
        lines = (said.stderr or said.stdout).strip().splitlines()
        raise Hint(f"the container ended, and its last line is: {lines[-1] if lines else 'none'}")
    return (
        f"{engine.name}: built, the program changed, built again in {second.seconds:.1f} s with {second.cached} steps "
        f"from the cache; it says: {said.stdout.strip()}"
    )
