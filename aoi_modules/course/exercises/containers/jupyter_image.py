"""Exercise 1.1: an image with Jupyter of one's own, from an empty file."""

import re
import time
from collections.abc import Sequence
from pathlib import PurePosixPath

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

START = 60.0
"""Seconds for Jupyter to start."""
EVERYWHERE = ("0.0.0.0", "*", "::")


def check_jupyter_image(answer: object, task: Task, engine: Engine | None) -> str:
    """Reads the Dockerfile, and with an engine builds and starts the image; says what was seen.

    Raises:
        Hint: something is missing or wrong.
    """
    steps = read_dockerfile(answer)
    check_secrets(steps)
    check_steps(steps, "jupyter")
    check_copies(steps, task.jupyter)
    _check_user(steps, task)
    _check_install(steps)
    _check_notebooks(steps, task)
    _check_command(command_of(steps))
    if engine is None:
        return "every line does what the task asks for; it was read and not built, since no engine is here"
    return _built(str(answer), task, engine)


def _check_user(steps: Sequence[Instruction], task: Task) -> None:
    """Wants a user who was made before, with the number that was asked for."""
    made = next((one for one in find(steps, "RUN") if re.search(r"\b(useradd|adduser)\b", one.value)), None)
    if made is None:
        raise Hint(f"found no RUN useradd; {task.user} has to be made before anybody can be {task.user}")
    words = made.value.replace("=", " ").split()
    if task.user not in words:
        raise Hint(f"line {made.line}: makes another user than {task.user}")
    if str(task.uid) not in words:
        raise Hint(f"line {made.line}: {task.user} has to have the number {task.uid}: --uid {task.uid}")
    if not {"--create-home", "-m"} & set(words) and "adduser" not in made.value:
        raise Hint(f"line {made.line}: without --create-home {task.user} has no folder, and Jupyter cannot start")
    name = user_of(steps)
    if name not in (task.user, str(task.uid)):
        raise Hint(f"USER: found {name}, expected {task.user}")
    last = find(steps, "USER")[-1]
    late = [one for one in steps if one.line > last.line and one.name == "RUN" and "pip" in one.value]
    if late:
        raise Hint(f"line {late[0].line}: {name} may not write where pip installs; let USER stand behind it")
    if last.line < made.line:
        raise Hint(f"line {last.line}: {name} is made only in line {made.line}")


def _check_install(steps: Sequence[Instruction]) -> None:
    """Wants what requirements.txt names, from the file, copied before."""
    install = next((one for one in find(steps, "RUN") if "pip" in one.value and "install" in one.value), None)
    if install is None:
        raise Hint("found no RUN pip install; nobody puts Jupyter into the image")
    if not re.search(r"(-r|--requirement)[ =]?\S*requirements\.txt", install.value):
        raise Hint(
            f"line {install.line}: installs what stands in the line; the task has requirements.txt: pip install -r"
        )
    copies = [one for one in find(steps, "COPY") if any(_holds(word, "requirements.txt") for word in one.words[:-1])]
    if not copies:
        raise Hint(f"line {install.line}: there is no requirements.txt in the image; COPY it first")
    if copies[0].line > install.line:
        raise Hint(f"line {install.line}: requirements.txt comes into the image only in line {copies[0].line}")


def _holds(word: str, name: str) -> bool:
    return word.rstrip("/") in (".", "") or PurePosixPath(word).name == name


def _check_notebooks(steps: Sequence[Instruction], task: Task) -> None:
    """Wants the notebooks in the user's folder, and Jupyter to begin there."""
    folders = find(steps, "WORKDIR")
    if not folders or folders[-1].value.rstrip("/") != task.home:
        found = folders[-1].value if folders else "none"
        raise Hint(f"WORKDIR: found {found}, expected {task.home}, where Jupyter has to begin")
    target = next(
        (one.words[-1] for one in find(steps, "COPY") if any(_holds(word, "notebooks") for word in one.words[:-1])),
        None,
    )
    if target is None:
        raise Hint("the folder notebooks is not copied into the image")
    absolute = PurePosixPath(task.home) / target
    if not absolute.is_relative_to(task.home):
        raise Hint(f"notebooks go to {target}, expected a place in {task.home}")


def _check_command(words: tuple[str, ...]) -> None:
    said = " ".join(words)
    if "jupyter" not in said or "lab" not in said:
        raise Hint(f"CMD: found {said}, expected jupyter lab")
    if re.search(r"token=(''|\"\"|\s|$)|password=(''|\"\"|\s|$)", said):
        raise Hint("CMD: switches the token off; whoever reaches the port could run programs on the server")
    address = re.search(r"--(?:ServerApp\.)?ip[= ](\S+)", said)
    if address is None or address[1].strip("'\"") not in EVERYWHERE:
        found = address[1] if address else "no --ip, so 127.0.0.1"
        raise Hint(
            f"CMD: found {found}; in a container that is the container alone, so nobody outside gets in: --ip=0.0.0.0"
        )
    port = re.search(r"--(?:ServerApp\.)?port[= ](\d+)", said)
    if port and int(port[1]) != INSIDE:
        raise Hint(f"CMD: found port {port[1]}, expected {INSIDE}, which is what Jupyter takes by itself")


def _built(text: str, task: Task, engine: Engine) -> str:
    """Builds, starts and looks inside."""
    (task.jupyter / "Dockerfile").write_text(text)
    build = engine.build(task.jupyter, task.image)
    if build.failed:
        raise Hint(f"{engine.name} does not build it: {build.failed}")
    container = engine.start(["--detach", task.image])
    try:
        _wait(engine, container)
        who = engine.ask("exec", container, "id", "-u").stdout.strip()
        if who != str(task.uid):
            raise Hint(f"the program runs as user number {who}, expected {task.uid}")
        seen = engine.ask("exec", container, "find", task.home, "-name", task.notebook).stdout.strip()
        if not seen:
            raise Hint(f"{task.notebook} is not below {task.home} in the container")
    finally:
        engine.remove(container)
    return f"{engine.name} built it in {build.seconds:.0f} s, and Jupyter started in it as user {task.uid}"


def _wait(engine: Engine, container: str) -> None:
    """Waits until Jupyter says where it listens."""
    until = time.monotonic() + START
    while "/lab" not in (log := engine.logs(container)):
        state = (engine.look(container) or {}).get("State", {})
        if state.get("Status") == "exited" or time.monotonic() > until:
            lines = log.strip().splitlines()
            raise Hint(f"Jupyter does not start: {lines[-1] if lines else 'it printed nothing'}")
        time.sleep(0.2)
