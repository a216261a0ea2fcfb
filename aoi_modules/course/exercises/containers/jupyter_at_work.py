"""A `docker run` line that is really run: Jupyter is opened, sees the work, asks for its token, and comes back."""

import re
import time
from dataclasses import dataclass

import requests

from aoi_modules.course import variant
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.run_line import without_gpu, words_of
from aoi_modules.course.exercises.containers.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Engine

START = 60.0
"""Seconds for Jupyter to open its port."""
PAUSE = 0.2
_TOKEN = re.compile(r"[?&]token=([0-9a-f]+)")
_NO_GPU = ("device driver", "runtime", "nvidia", "gpus")


@dataclass(frozen=True)
class Opened:
    """A Jupyter that runs.

    Args:
        address: to open in a browser, with its token.
        remark: what had to be left out; "" for nothing.
    """

    address: str
    remark: str


def open_jupyter(engine: Engine, line: str, task: Task) -> Opened:
    """Starts the line, and leaves Jupyter running.

    Raises:
        Hint: the engine refuses, or Jupyter does not do what the task wants.
    """
    if engine.ask("image", "inspect", task.image).returncode != 0:
        raise Hint(f"the image {task.image} is not there yet; build it in exercise 1.1")
    if engine.ours(task.container):
        engine.remove(task.container)
    remark = _started(engine, line, task)
    outside = f"http://127.0.0.1:{task.port}"
    _wait(engine, outside, task)
    token = _token(engine, task)
    names = _names(outside, token, task)
    if task.found not in names:
        raise Hint(f"Jupyter's folder work holds {', '.join(names) or 'nothing'}, expected {task.found} of {task.work}")
    if requests.get(f"{outside}/api/contents", timeout=10).status_code == 200:
        raise Hint("Jupyter asks nobody for a token; whoever reaches the port could run programs")
    _end_and_wait(engine, outside, task)
    return Opened(f"http://localhost:{task.port}/lab?token={_token(engine, task)}", remark)


def _started(engine: Engine, line: str, task: Task) -> str:
    """Starts the container; gives a remark where it had to start without a GPU."""
    refused = _refusal(engine, words_of(line), task)
    if not refused:
        return ""
    if any(word in refused for word in _NO_GPU):
        without = _refusal(engine, without_gpu(line), task)
        if without:
            raise Hint(_way_out(engine, without, task))
    else:
        raise Hint(_way_out(engine, refused, task))
    return f"this engine has no GPU to give ({refused.splitlines()[0]}), so it was started without that flag"


def _refusal(engine: Engine, words: list[str], task: Task) -> str:
    """What the engine says against a start; "" when it starts."""
    try:
        engine.start(words)
    except CourseError as error:
        if engine.ours(task.container):
            engine.remove(task.container)  # it was made, and could not be started
        return error.message
    return ""


def _way_out(engine: Engine, refused: str, task: Task) -> str:
    """The hint for a refusal that is no mistake in the line."""
    if "already in use by container" in refused:
        return (
            f"a container {task.container} is there that this lesson did not start: docker rm --force {task.container}"
        )
    if "already allocated" in refused or "address already in use" in refused:
        return (
            f"port {task.port} is taken on this server. End what listens there; or remove {variant.FILE_NAME} beside "
            "progress.json, and begin the lesson anew with other numbers"
        )
    return f"{engine.name} refuses: {refused}"


def _wait(engine: Engine, outside: str, task: Task) -> None:
    """Waits until Jupyter answers."""
    until = time.monotonic() + START
    while not _answers(outside):
        state = (engine.look(task.container) or {}).get("State", {})
        if state.get("Status") == "exited" or time.monotonic() > until:
            lines = engine.logs(task.container).strip().splitlines()
            raise Hint(f"nobody answers at {outside}; the last line of docker logs: {lines[-1] if lines else 'none'}")
        time.sleep(PAUSE)


def _answers(outside: str) -> bool:
    """Docker takes connections for a program that does not listen yet, so only an answer counts."""
    try:
        return requests.get(f"{outside}/api", timeout=2).status_code == 200
    except requests.RequestException:  # not yet
        return False


def _token(engine: Engine, task: Task) -> str:
    """The newest token that Jupyter wrote into its log."""
    until = time.monotonic() + START
    while not (found := _TOKEN.findall(engine.logs(task.container))):
        if time.monotonic() > until:
            raise Hint(f"docker logs {task.container} shows no token; is Jupyter started with one switched off?")
        time.sleep(PAUSE)
    return str(found[-1])


def _names(outside: str, token: str, task: Task) -> list[str]:
    """What Jupyter shows in its folder `work`."""
    place = task.inside.removeprefix(f"{task.home}/")
    answer = requests.get(f"{outside}/api/contents/{place}", params={"token": token}, timeout=10)
    if answer.status_code != 200:
        raise Hint(
            f"Jupyter shows no folder {place}: {answer.status_code}; it works in another folder than {task.home}"
        )
    return [one["name"] for one in answer.json()["content"]]


def _end_and_wait(engine: Engine, outside: str, task: Task) -> None:
    """Ends the program inside; the engine has to start it again."""
    before = (engine.look(task.container) or {}).get("RestartCount", 0)
    engine.ask("exec", task.container, "sh", "-c", "kill 1")
    until = time.monotonic() + START
    while (engine.look(task.container) or {}).get("RestartCount", 0) == before:
        if time.monotonic() > until:
            raise Hint("the program in the container was ended, and the engine did not start it again")
        time.sleep(PAUSE)
    _wait(engine, outside, task)
