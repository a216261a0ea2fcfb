"""What README.md and ARCHITECTURE.md show in fenced blocks, and the means to do it: commands, servers, free ports."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[1]


def blocks(text: str) -> list[tuple[str, str]]:
    """(language, content) of each fenced block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def section(text: str, heading: str) -> str:
    """What stands below a heading, such as `### A recipe`, down to the next heading of its level or a higher one.

    A line that begins with a single `#` is a comment in a block, not a heading.
    """
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{2,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no heading {heading!r}"
    return found[1]


def environment(**values: str) -> dict[str, str]:
    """This process's environment with its own Python, and so its own `aoi`, first on the path; no downloads."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "AOI_OFFLINE": "true",
        **values,
    }


def done(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Runs a command to its end and returns its standard output; it has to end with 0."""
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, f"{command[-1]}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@contextmanager
def running(command: str, folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """A server, stopped at the end; what it prints goes into a file beside its models."""
    with (folder / f"{shlex.split(command)[1]}.log").open("wb") as log:
        process = subprocess.Popen(shlex.split(command), cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()


def wait_for(url: str, seconds: float = 120) -> None:
    """Waits until a server answers 2xx there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    pytest.fail(f"{url} was not ready after {seconds:g} s")
