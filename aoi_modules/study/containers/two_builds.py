"""The same image built twice with one file changed between: which steps ran again, and what that cost.

`measure` does it on an engine. Where there is none, `recorded` has what was measured once, and says where.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.engine import Build, Engine


class StepTime(msgspec.Struct, frozen=True):
    """A step as it went: `seconds` is None where the engine does not say how long it ran."""

    text: str
    cached: bool
    seconds: float | None = None


class OneBuild(msgspec.Struct, frozen=True):
    """A build: how long it took in all, and its steps."""

    seconds: float
    steps: tuple[StepTime, ...]

    @classmethod
    def of(cls, build: Build) -> "OneBuild":
        """Takes over what an engine did."""
        return cls(
            round(build.seconds, 1), tuple(StepTime(step.text, step.cached, step.seconds) for step in build.steps)
        )


class TwoBuilds(msgspec.Struct, frozen=True, kw_only=True):
    """Two builds of one Dockerfile.

    `name` says which Dockerfile, `seen` by which engine and where.
    """

    name: str
    seen: str
    first: OneBuild
    second: OneBuild

    @property
    def saved(self) -> float:
        """The share of the first build's time that the second one did not need."""
        return 1 - self.second.seconds / self.first.seconds


def measure(engine: Engine, folder: Path, texts: dict[str, str], changed: str) -> list[TwoBuilds]:
    """Builds each Dockerfile twice; before the second build a line is added to one file of the folder.

    Args:
        engine: that builds.
        folder: the project.
        texts: name -> Dockerfile.
        changed: the file that changes.

    Raises:
        CourseError: a build fails.
    """
    found = []
    for number, (name, text) in enumerate(texts.items(), 1):
        (folder / "Dockerfile").write_text(text)
        first = _built(engine, folder, f"two-builds-{number}:1", fresh=True)
        with (folder / changed).open("a") as file:
            file.write(f"# {time.time_ns()}\n")
        second = _built(engine, folder, f"two-builds-{number}:1", fresh=False)
        found.append(TwoBuilds(name=name, seen=f"measured here, by {engine.name}", first=first, second=second))
    return found


def table(builds: Sequence[TwoBuilds]) -> str:
    """The builds as lines of text: name, seconds of both, and how many steps of the second came from the cache."""
    lines = [f"{'':28} {'first':>8} {'second':>8}   from the cache"]
    for one in builds:
        cached = sum(step.cached for step in one.second.steps)
        times = f"{one.first.seconds:6.1f} s {one.second.seconds:6.1f} s"
        lines.append(f"{one.name:28} {times}   {cached} of {len(one.second.steps)} steps")
    return "\n".join(lines)


def _built(engine: Engine, folder: Path, tag: str, *, fresh: bool) -> OneBuild:
    build = engine.build(folder, tag, fresh=fresh)
    if build.failed:
        raise CourseError(f"{engine.name} does not build {folder.name}: {build.failed}", hint="look at its Dockerfile")
    return OneBuild.of(build)
