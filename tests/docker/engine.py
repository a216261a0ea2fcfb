"""A Docker engine, and our images on it, for tests that build and run them; where there is none they say so.

`make images-test` asks for them. What is built stands on whatever the engine has under the names of
docker/versions.env.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from aoi_modules.cluster.local.building import image_name
from aoi_modules.cluster.local.engine import find_engine
from aoi_modules.errors import AoiError
from tests.docker.versions import ROOT

WANTED = os.environ.get("AOI_IMAGES_TEST", "").split()
"""`build`, and options of `aoi docker build`; empty where nobody asked for these tests."""
TAG = "0.0.0.images.test"
CONFINED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")
START = "import sys; sys.argv[0] = 'aoi'; from aoi_modules.cli import main; main()"


def _not_now() -> str:
    """Why these tests are left out; empty where they are run."""
    if not WANTED:
        return "builds and runs images for minutes, so `make images-test` alone does"
    try:
        find_engine()
    except AoiError as error:
        return f"no image is built or run: {error.message}"
    return ""


NOT_NOW = _not_now()
NEED = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(NOT_NOW), reason=NOT_NOW or "never"),
]
"""Marks what needs it."""


@cache
def built(image: str) -> str:
    """Builds an image with the command of users; its name."""
    device = ("--device=cpu",) if image == "jupyter" else ()
    done = aoi("docker", "build", image, f"--tag={TAG}", *device, *WANTED[1:])
    assert done.returncode == 0, done.stderr[-4000:]
    return image_name(image, tag=TAG)


def aoi(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", START, *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )


def docker(*words: str) -> str:
    """Runs docker, which has to succeed; its standard output."""
    done = _done(*words)
    assert done.returncode == 0, f"docker {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def said(*words: str, code: int | None = 0) -> str:
    """Runs docker to that exit code, or any; its standard output, and behind it standard error."""
    done = _done(*words)
    text = f"{done.stdout}{done.stderr}"
    assert code is None or done.returncode == code, f"docker {' '.join(words)}: {done.returncode}\n{text}"
    return text.strip()


def _done(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=900)


def inspect(name: str, form: str) -> str:
    return docker("inspect", "--format", form, name)


@contextmanager
def running(*words: str) -> Iterator[str]:
    """A container in the background, by its name; it is gone in the end."""
    name = f"aoi-test-{secrets.token_hex(4)}"
    try:
        docker("run", "--detach", f"--name={name}", *CONFINED, *words)
        yield name
    finally:
        said("rm", "--force", "--volumes", name, code=None)


def until(name: str, condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Waits for something of a container, and shows its log where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not come:\n{said('logs', name)}"
        assert inspect(name, "{{.State.Running}}") == "true", said("logs", name)
        time.sleep(0.3)


def stopped(name: str) -> int:
    """Stops a container as Docker does, by SIGTERM; its exit code. One that was killed has 137."""
    docker("stop", "--time=30", name)
    return int(inspect(name, "{{.State.ExitCode}}"))


def port_of(name: str, port: int) -> int:
    return int(docker("port", name, str(port)).splitlines()[0].rpartition(":")[2])
