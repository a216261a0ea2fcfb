"""Exercise 9.4: the image of a small gateway, read, and where an engine is, built, started and asked for verdicts."""

import re
import time
from collections.abc import Callable, Sequence

import requests

from aoi_modules.cluster.local.building import image_name
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.dockerfile_rules import (
    check_copies,
    check_secrets,
    command_of,
    find,
    one_stage,
)
from aoi_modules.course.exercises.programs.gateway_task import PROGRAM, GatewayTask
from aoi_modules.course.exercises.programs.small_gateway import Part
from aoi_modules.study.containers.dockerfile import Instruction
from aoi_modules.study.containers.engine import Engine

START = 60.0
"""Seconds for the program to answer."""
_SERVER = "--model-server"


def check_gateway_image(
    answer: object, task: GatewayTask, engine: Engine | None, server: str, parts: list[Part]
) -> str:
    """Reads the Dockerfile, and with an engine builds it, starts it before the lesson's model server, and asks it.

    Args:
        answer: of the reader.
        task: of this trainee.
        engine: that has our gateway's image; None: the file is read alone.
        server: address of the lesson's model server.
        parts: what is sent, and what has to come back.

    Raises:
        Hint: something is missing or wrong.
    """
    steps = _read(answer)
    check_secrets(steps)
    check_copies(steps, task.folder)
    _check_program(steps, task)
    _check_words(steps, task, sorted({f"{part.component}={part.model}" for part in parts}))
    _check_health(steps, task)
    _check_user(steps)
    if engine is None:
        return (
            "the program, its port and its health check are right; it was read and not built, since no engine is here"
        )
    return _built(str(answer), task, engine, server, parts)


def inspected(url: str, parts: list[Part], ended: Callable[[], str], *, seconds: float = START) -> str:
    """Sends parts to a gateway that may be starting, and compares the verdicts; says what came.

    Args:
        url: of the gateway.
        parts: what is sent, and what has to come back.
        ended: why nobody has to wait any longer; empty while it may come.
        seconds: to wait for it.

    Raises:
        Hint: no answer came, or another verdict.
    """
    until = time.monotonic() + seconds
    for part in parts:
        while True:
            try:
                answer = requests.post(f"{url}/v1/inspect/{part.component}", data=part.picture, timeout=10)
                if answer.status_code != 503:
                    break
                said = f"503 {answer.text[:120]}"
            except requests.RequestException as error:
                said = str(error)
            if (why := ended()) or time.monotonic() > until:
                raise Hint(f"no verdict came: {why or said}")
            time.sleep(0.3)
        if answer.status_code != 200:
            raise Hint(f"{part.component}: found {answer.status_code} {answer.text[:120]}, expected 200 and a verdict")
        verdict = answer.json().get("verdict")
        if verdict != part.verdict.value:
            raise Hint(f"{part.component}: found {verdict}, expected {part.verdict}; is each model at its component?")
    return f"{len(parts)} parts got the verdicts that their models give"


def _read(answer: object) -> list[Instruction]:
    """The instructions of the one stage, on our gateway's image."""
    found = one_stage(answer)
    base, wanted = found[0].words[0], image_name("gateway")
    if base != wanted:
        raise Hint(f"FROM: found {base}, expected {wanted}, which has Python and the clients, and no TensorFlow")
    return found


def _check_program(steps: Sequence[Instruction], task: GatewayTask) -> None:
    """Wants the program to be copied to its place, and nothing given away with it."""
    copies = [one for one in find(steps, "COPY") if PROGRAM in [word.rpartition("/")[2] for word in one.words[:-1]]]
    if not copies:
        raise Hint(f"found no COPY of {PROGRAM}; the image would hold our gateway, and not yours")
    target = copies[-1].words[-1]
    if target.rstrip("/") not in (task.place, task.place.rpartition("/")[0]):
        raise Hint(f"line {copies[-1].line}: copies it to {target}, expected {task.place}")


def _check_words(steps: Sequence[Instruction], task: GatewayTask, routes: Sequence[str]) -> None:
    """Wants the program to be what a container starts, on its port, with its routes and without an address."""
    if not find(steps, "ENTRYPOINT"):
        raise Hint("found no ENTRYPOINT; that of the base is aoi, so what stands in CMD would be words of aoi")
    words = command_of(steps)
    said = " ".join(words)
    if not words[0].startswith("python") or task.place not in words:
        raise Hint(f"ENTRYPOINT: found {said}, expected python and {task.place}")
    if _SERVER in said:
        raise Hint(
            f"ENTRYPOINT: found {_SERVER}; then the image fits one place alone. Who starts it says where that is"
        )
    port = re.search(r"--port[= ](\d+)", said)
    if port is None or int(port[1]) != task.port:
        raise Hint(f"ENTRYPOINT: found {f'port {port[1]}' if port else 'no --port'}, expected your --port={task.port}")
    for route in routes:
        if route not in words:
            raise Hint(f"ENTRYPOINT: found no {route}; the gateway has to know which model judges a component")
    if str(task.port) not in [word.partition("/")[0] for one in find(steps, "EXPOSE") for word in one.words]:
        raise Hint(f"EXPOSE: expected {task.port}; the base says 8080, where nobody listens now")


def _check_health(steps: Sequence[Instruction], task: GatewayTask) -> None:
    checks = find(steps, "HEALTHCHECK")
    if not checks:
        raise Hint("found no HEALTHCHECK; that of the base asks port 8080, so a good container would count as sick")
    if str(task.port) not in checks[-1].value or "/healthz" not in checks[-1].value:
        raise Hint(f"HEALTHCHECK: found {checks[-1].value}, expected it to ask port {task.port} for /healthz")


def _check_user(steps: Sequence[Instruction]) -> None:
    """The base has a user; whoever takes root for a step has to give it back."""
    users = find(steps, "USER")
    if users and users[-1].value.partition(":")[0] in ("0", "root"):
        raise Hint(f"line {users[-1].line}: the program would run as root; the base's user is 10001:10001")


def _built(text: str, task: GatewayTask, engine: Engine, server: str, parts: list[Part]) -> str:
    """Builds and starts it, and asks it about parts; the container is gone afterwards, the image stays."""
    (task.folder / "Dockerfile").write_text(text)
    build = engine.build(task.folder, task.image)
    if build.failed:
        raise Hint(f"{engine.name} does not build it: {build.failed}")
    confined = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
    # The lesson's model server listens on the loopback of this machine.
    container = engine.start(["--detach", "--network=host", *confined, task.image, f"{_SERVER}={server}"])

    def ended() -> str:
        state = (engine.look(container) or {}).get("State", {})
        lines = engine.logs(container).strip().splitlines()
        return f"docker logs says: {lines[-1] if lines else 'nothing'}" if state.get("Status") == "exited" else ""

    try:
        told = inspected(f"http://127.0.0.1:{task.port}", parts, ended)
    finally:
        engine.remove(container)
    return f"{engine.name} built and started it; {told}"
