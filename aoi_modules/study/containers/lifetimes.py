"""What outlives what: a file that a container wrote into its own layer, and one that it wrote into a volume.

`watch` tries it on an engine. Where there is none, `recorded` has what was seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Engine, said

VOLUME = "/volume"
"""As what the container sees the folder of this machine."""
OWN, SHARED = "/tmp/own.txt", f"{VOLUME}/shared.txt"


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
        folder: of this machine, which becomes the volume; everybody has to be allowed to write there.

    Raises:
        CourseError: the engine refuses a step.
    """
    with _running(engine, image, folder) as one:
        _told(engine, "exec", one, "sh", "-c", f"echo one > {OWN}; echo two > {SHARED}")
        written = _look(engine, one, "both were written")
        _told(engine, "restart", "--time=1", one)
        restarted = _look(engine, one, "docker restart")
    with _running(engine, image, folder) as another:
        return [written, restarted, _look(engine, another, "docker rm, and docker run again")]


@contextmanager
def _running(engine: Engine, image: str, folder: Path) -> Iterator[str]:
    """A container that waits, by its id; removed at the end."""
    container = engine.start(["--detach", "--volume", f"{folder}:{VOLUME}", image, "sleep", "600"])
    try:
        yield container
    finally:
        engine.remove(container)


def _look(engine: Engine, container: str, after: str) -> Moment:
    own, shared = (engine.ask("exec", container, "test", "-f", path).returncode == 0 for path in (OWN, SHARED))
    return Moment(after=after, own=own, shared=shared, seen=f"tried here, by {engine.name}")


def _told(engine: Engine, *words: str) -> None:
    done = engine.ask(*words)
    if done.returncode != 0:
        raise CourseError(f"{engine.name}: {' '.join(words)}: {said(done)}")
