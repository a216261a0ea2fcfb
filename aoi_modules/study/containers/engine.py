"""A container engine at work for a lesson, Docker's or Podman's: it builds, starts, looks and tidies up.

Everything goes through the engine's own program, with the very words that a reader types. What a lesson starts carries
its label, so that tidying up never takes away what somebody else started.
"""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aoi_modules.errors import CourseError
from aoi_modules.serving.launchers import docker
from aoi_modules.study.containers import build_log
from aoi_modules.study.containers.build_log import Step

LABEL = "aoi-lesson"
SHORT = 60.0
"""Seconds for what an engine answers at once."""
PULL = 300.0
"""Seconds for a base image to come."""
BUILD = 600.0
"""Seconds for a build."""


@dataclass(frozen=True)
class Build:
    """How a build went.

    Args:
        seconds: it took.
        steps: as the engine counts them.
        log: what it printed.
        failed: why there is no image; "" when there is one.
    """

    seconds: float
    steps: list[Step]
    log: str
    failed: str = ""

    @property
    def cached(self) -> int:
        """How many steps were taken from the cache."""
        return sum(step.cached for step in self.steps)


@dataclass(frozen=True)
class Engine:
    """An engine that answers.

    Args:
        program: the path of `docker` or `podman`.
        name: with its version, as people say it.
        owner: whose label goes on what is started; on a shared server each reader needs a different one.
    """

    program: str
    name: str
    owner: str

    @classmethod
    def find(cls, owner: str, base: str) -> "Engine":
        """The engine of this machine, with the base image that the lesson builds on.

        Args:
            owner: whose label goes on what is started.
            base: name and version of the image.

        Raises:
            CourseError: there is none, or it cannot get the image; says so in words that a report can hold.
        """
        engine = cls.here(owner)
        if not engine.has(base):
            pulled = engine.ask("pull", base, seconds=PULL)
            if pulled.returncode != 0:
                reason = build_log.reason(pulled.stderr)
                raise CourseError(
                    f"{engine.name} is there, but cannot get the image {base}: {reason}", hint=f"docker pull {base}"
                )
        return engine

    @classmethod
    def here(cls, owner: str) -> "Engine":
        """The engine of this machine, whatever images it has.

        Args:
            owner: whose label goes on what is started.

        Raises:
            CourseError: there is none; says so in words that a report can hold.
        """
        program, reasons = docker.look()
        if program is None:
            raise CourseError(reasons, hint="start Docker or install Podman, and run the cell again")
        version = _run([program, "version", "--format", "{{.Server.Version}}"], SHORT)
        kind = "Podman" if "podman" in Path(program).name else "Docker"
        return cls(program, f"{kind} {version.stdout.strip()}".strip(), owner)

    def has(self, image: str) -> bool:
        """Whether an image is on this machine."""
        return self.ask("image", "inspect", image).returncode == 0

    def ask(self, *words: str, seconds: float = SHORT) -> "subprocess.CompletedProcess[str]":
        """What the engine says to these words, whether it agrees or refuses.

        Raises:
            CourseError: it does not answer in time.
        """
        return _run([self.program, *words], seconds)

    def build(self, folder: Path, tag: str, *, fresh: bool = False) -> Build:
        """Builds the Dockerfile of a folder.

        Args:
            folder: that is given to the build.
            tag: the image's name and version.
            fresh: whether to run every step, whatever the cache has.

        Raises:
            CourseError: the engine does not answer in time.
        """
        start = time.monotonic()
        words = ["--force-rm", f"--tag={tag}", *(["--no-cache"] if fresh else [])]
        done = self.ask("build", *words, str(folder), seconds=BUILD)
        log = f"{done.stdout}\n{done.stderr}"
        failed = "" if done.returncode == 0 else build_log.reason(log)
        return Build(time.monotonic() - start, build_log.steps(log), log, failed)

    def start(self, words: Sequence[str]) -> str:
        """Starts a container in the background by the words behind `docker run`; gives its id.

        Raises:
            CourseError: the engine refuses; with its own words.
        """
        done = self.ask("run", f"--label={LABEL}={self.owner}", *words)
        if done.returncode != 0:
            raise CourseError(said(done))
        return done.stdout.strip().splitlines()[-1]

    def look(self, container: str) -> dict[str, Any] | None:
        """All that the engine knows about a container; None where there is none of that name or id."""
        done = self.ask("container", "inspect", container)
        found = json.loads(done.stdout) if done.returncode == 0 else []
        return found[0] if found else None

    def logs(self, container: str) -> str:
        """What the program in a container printed."""
        done = self.ask("logs", container)
        return f"{done.stdout}{done.stderr}"

    def ours(self, container: str) -> bool:
        """Whether the container was started by this lesson of this reader."""
        found = self.look(container)
        return found is not None and (found["Config"].get("Labels") or {}).get(LABEL) == self.owner

    def remove(self, container: str) -> None:
        """Stops and removes a container, with what it wrote beside its volumes; none of that name is fine too."""
        self.ask("rm", "--force", "--volumes", container)

    def tidy(self) -> int:
        """Removes all containers that were started for this owner; gives their number. Images stay, for the cache."""
        listed = self.ask("ps", "--all", "--quiet", f"--filter=label={LABEL}={self.owner}")
        ids = listed.stdout.split()
        for container in ids:
            self.remove(container)
        return len(ids)


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """What an engine printed when it refused, without the advice to ask for help."""
    lines = [line.strip() for line in f"{done.stderr}\n{done.stdout}".splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("See 'docker", "Run 'docker", "time="))]
    return "\n".join(kept) or "the engine refused and gave no reason"


def _run(command: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise CourseError(
            f"{Path(command[0]).name} {command[1]}: no end within {seconds:g} s", hint="look at the engine: docker info"
        ) from None
