"""Exercise 7.1: a `docker run` command of a model server, read, and where an engine is, started and asked."""

import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from aoi_modules.cluster.container import Container
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.servables.predictions import ask_both, golden_of
from aoi_modules.course.exercises.servables.served_model import (
    GRPC_PORT,
    REST_PORT,
    check_flags,
    check_image,
    check_place,
)
from aoi_modules.course.exercises.servables.server_engine import ServerEngine
from aoi_modules.course.exercises.servables.tasks import MODEL, Task
from aoi_modules.errors import CourseError
from aoi_modules.serving import base_path

BLANK = "FILL_IN"
"""What stands in a stub where the trainee has to write."""
START = 120.0
"""Seconds for the server in the container to answer."""


def check_docker_line(answer: object, task: Task, engine: ServerEngine | None) -> str:
    """Reads the command, and with an engine starts it and asks the server by both protocols; says what was seen.

    Raises:
        Hint: the server would not start, not be found, or not find its model.
    """
    command = _command(answer)
    container = Container.of_docker(command)
    check_image(container)
    flags = check_flags(container, MODEL)
    _check_name(container, task)
    _check_ports(container, task)
    mount, rest = check_place(container, flags)
    folder = _versions(Path(mount.source).expanduser(), rest)
    if engine is None:
        return (
            f"both ports lead inside, and the server finds its model in {flags['model_base_path']}; the command was "
            "read and not run, since no engine is here"
        )
    return _asked(command, container, task, engine, folder)


def _command(answer: object) -> str:
    words: Sequence[object] = answer if isinstance(answer, list | tuple) else [answer]
    if not words or not all(isinstance(word, str) for word in words):
        raise Hint(f"found {kind(answer)}, expected the docker run command as text")
    written = answer if isinstance(answer, str) else shlex.join(map(str, words))
    if BLANK in written or "..." in written:
        raise Hint("a part of the command is still open; write it")
    return written


def _check_name(container: Container, task: Task) -> None:
    name = container.options.get("--name")
    if name != task.name:
        raise Hint(f"--name: found {name or 'none, so Docker makes one up'}, expected {task.name}")


def _check_ports(container: Container, task: Task) -> None:
    """Wants both ports of the server to be reached at the ports of the task."""
    for protocol, inside, outside in (("gRPC", GRPC_PORT, task.grpc), ("REST", REST_PORT, task.rest)):
        found = container.published.get(inside)
        if found == outside:
            continue
        if found is not None:
            raise Hint(f"--publish: {protocol} is at port {found} of this machine, expected your port {outside}")
        turned = inside in container.published.values()
        raise Hint(
            f"--publish: {inside} stands outside; the order is outside:inside"
            if turned
            else f"--publish: nobody outside reaches port {inside}, where the server answers {protocol}"
        )


def _versions(source: Path, rest: PurePosixPath) -> Path:
    """What the container would see: the base path of a model, with versions in it."""
    if not source.is_absolute():
        raise Hint(f"found the source {source}; Docker takes a name for a volume of its own, so write the whole path")
    folder = source / rest
    if not folder.is_dir():
        raise Hint(f"the server would look into {folder}, which is no folder of this machine")
    found = base_path.look(folder)
    if not found.versions:
        raise Hint(base_path.absence(folder, found))
    return folder


def _asked(command: str, described: Container, task: Task, engine: ServerEngine, folder: Path) -> str:
    """Starts the container and asks for predictions at the published ports; it is gone afterwards."""
    running = engine.engine
    if running.look(task.name) is not None and not running.ours(task.name):
        raise Hint(
            f"a container {task.name} is there that is not this lesson's; look at it: docker inspect {task.name}"
        )
    running.remove(task.name)
    try:
        container = engine.start(command, described)
        told = _predicted(engine, container, task, folder)
    except CourseError as error:
        raise Hint(f"{running.name} refuses: {error.message}") from None
    finally:
        running.remove(task.name)
    return f"{engine.name} started it; {told}"


def _predicted(engine: ServerEngine, container: str, task: Task, folder: Path) -> str:
    grpc, rest = f"127.0.0.1:{task.grpc}", f"http://127.0.0.1:{task.rest}"

    def ended() -> bool:
        state = (engine.engine.look(container) or {}).get("State", {})
        return bool(state.get("Status") == "exited")

    try:
        return ask_both(grpc, rest, MODEL, golden_of(folder), seconds=START, ended=ended)
    except Hint as hint:
        lines = engine.engine.logs(container).strip().splitlines()
        raise Hint(f"{hint}; docker logs says: {lines[-1] if lines else 'nothing'}") from None
