"""What outlives what: a file that a container wrote into its own layer, and one that it wrote into a volume.

`watch` tries it on an engine. Where there is none, `recorded` has what was seen.
"""

from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Engine, said

NAME = "aoi-lesson-lifetimes"
OWN, SHARED = "/tmp/own.txt", "/work/shared.txt"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What is still there after something happened to the container; `seen` says by which engine, and where."""

    after: str
    own: bool
    shared: bool
    seen: str


def watch(engine: Engine, image: str, folder: Path) -> list[Moment]:
    """Writes both files, then ends, starts, removes and replaces the container, and looks each time.

    Args:
        engine: that runs it.
        image: with a shell.
        folder: of this machine, which the container sees as /work; everybody has to be allowed to write there.

    Raises:
        CourseError: the engine refuses a step.
    """
    engine.remove(NAME)
    try:
        _start(engine, image, folder)
        _told(engine, "exec", NAME, "sh", "-c", f"echo one > {OWN}; echo two > {SHARED}")
        moments = [_look(engine, "both were written")]
        _told(engine, "restart", "--time=1", NAME)
        moments.append(_look(engine, "docker restart"))
        engine.remove(NAME)
        _start(engine, image, folder)
        return [*moments, _look(engine, "docker rm, and docker run again")]
    finally:
        engine.remove(NAME)


def _start(engine: Engine, image: str, folder: Path) -> None:
    engine.start(["--detach", "--name", NAME, "--volume", f"{folder}:/work", image, "sleep", "600"])


def _look(engine: Engine, after: str) -> Moment:
    own, shared = (engine.ask("exec", NAME, "test", "-f", path).returncode == 0 for path in (OWN, SHARED))
    return Moment(after=after, own=own, shared=shared, seen=f"tried here, by {engine.name}")


def _told(engine: Engine, *words: str) -> None:
    done = engine.ask(*words)
    if done.returncode != 0:
        raise CourseError(f"{engine.name}: {' '.join(words)}: {said(done)}")
