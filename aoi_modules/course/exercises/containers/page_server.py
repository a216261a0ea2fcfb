"""Exercise 1.3: a Dockerfile with faults, mended until the page server in it shows its pages."""

import time
from collections.abc import Sequence
from pathlib import PurePosixPath

import requests

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.dockerfile_rules import (
    check_copies,
    check_secrets,
    check_steps,
    command_of,
    find,
    read_dockerfile,
    user_of,
)
from aoi_modules.course.exercises.containers.tasks import INSIDE, Task
from aoi_modules.study.containers.dockerfile import Instruction
from aoi_modules.study.containers.engine import Engine

START = 20.0
"""Seconds for the server to open its port."""


def check_page_server(answer: object, task: Task, engine: Engine | None) -> str:
    """Reads the mended file, and with an engine builds it and asks for the page; says what was seen.

    Raises:
        Hint: a fault is left, or something was lost with one.
    """
    steps = read_dockerfile(answer)
    check_secrets(steps)
    check_copies(steps, task.pages)
    check_steps(steps, "http.server")
    _check_place(steps, task)
    _check_command(command_of(steps))
    user_of(steps)
    if engine is None:
        return "all four faults are mended; it was read and not built, since no engine is here"
    return _asked(str(answer), task, engine)


def _check_place(steps: Sequence[Instruction], task: Task) -> None:
    """Wants the pictures where the program looks for them."""
    place = task.place
    folders = find(steps, "WORKDIR")
    if not folders or folders[-1].value.rstrip("/") != place:
        found = folders[-1].value if folders else "none, so the program starts in /"
        raise Hint(f"WORKDIR: found {found}, expected {place}; the program looks for the folder pictures in it")
    targets = [PurePosixPath(place) / one.words[-1] for one in find(steps, "COPY")]
    if PurePosixPath(place) / "pictures" not in targets:
        raise Hint(f"the pictures have to be in {place}/pictures; found {', '.join(map(str, targets)) or 'no COPY'}")


def _check_command(words: tuple[str, ...]) -> None:
    said = " ".join(words)
    if "http.server" not in said:
        raise Hint(f"CMD: found {said}, expected python with -m http.server, as it was meant")
    if "127.0.0.1" in said or "localhost" in said:
        raise Hint(
            "the server listens on 127.0.0.1: in a container that is the container alone, so the published port leads "
            "to nobody; leave --bind out, or give it 0.0.0.0"
        )
    if str(INSIDE) not in words:
        raise Hint(f"CMD: expected port {INSIDE}, to which -p leads. Found {said}")
    if "pictures" not in said:
        raise Hint("CMD: without --directory pictures it would show all of the folder")


def _asked(text: str, task: Task, engine: Engine) -> str:
    """Builds, starts and asks for the page."""
    (task.pages / "Dockerfile").write_text(text)
    image = f"pages-{task.parts}-{task.uid}:1"
    build = engine.build(task.pages, image)
    if build.failed:
        raise Hint(f"{engine.name} does not build it: {build.failed}")
    container = engine.start(["--detach", f"--publish=127.0.0.1::{INSIDE}", image])
    try:
        port = engine.ask("port", container, f"{INSIDE}/tcp").stdout.strip().rpartition(":")[2]
        page = _page(engine, container, f"http://127.0.0.1:{port}/{task.parts}.txt")
    finally:
        engine.remove(container)
    return f"{engine.name} built and started it, and the page says: {page}"


def _page(engine: Engine, container: str, address: str) -> str:
    until = time.monotonic() + START
    while True:
        try:
            answer = requests.get(address, timeout=2)
        except requests.RequestException as error:
            if time.monotonic() > until:
                lines = engine.logs(container).strip().splitlines()
                last = lines[-1] if lines else str(error)
                raise Hint(f"nobody answers at the published port; docker logs says: {last}") from None
            time.sleep(0.2)
            continue
        if answer.status_code != 200:
            raise Hint(f"the server answers {answer.status_code} for {address.rpartition('/')[2]}")
        return answer.text.strip()
