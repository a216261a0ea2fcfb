"""README's blocks run, in order, in an empty folder: commands, routes, servers and Python."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import pytest
import requests

from aoi_modules.cli import COMMANDS, aoi

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BY_HAND = README[README.index("## The line, by hand") : README.index("## Training")]
PORTS = ("8500", "8501", "8080")


def blocks(text: str) -> list[tuple[str, str]]:
    """(language, content) of each fenced block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def running(command: str, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A server from the README, stopped at the end."""
    log = (folder / f"{shlex.split(command)[1]}.log").open("wb")
    process = subprocess.Popen(shlex.split(command), cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            log.close()


def wait_for(url: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    pytest.fail(f"{url} was not ready after {seconds:g} s")


@pytest.mark.slow
def test_the_line_by_hand(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "AOI_OFFLINE": "true"}
    ports = dict(zip(PORTS, map(str, free_ports(3)), strict=True))
    text = re.sub("|".join(PORTS), lambda match: ports[match[0]], BY_HAND)
    if shutil.which("curl") is None:
        text = re.sub(r"^curl .*\n", "", text, flags=re.MULTILINE)
    ready = {
        "serve": f"http://127.0.0.1:{ports['8501']}/v1/models/tile",
        "gateway": f"http://127.0.0.1:{ports['8080']}/readyz",
    }
    with ExitStack() as servers:
        for language, content in blocks(text):
            if language == "yaml":
                (tmp_path / "routes.yaml").write_text(content)
            elif language == "console":
                for command in content.splitlines():
                    servers.enter_context(running(command, tmp_path, environment))
                    wait_for(ready[shlex.split(command)[1]])
            else:
                run = ["bash", "-euo", "pipefail", "-c"] if language == "bash" else [sys.executable, "-c"]
                done = subprocess.run([*run, content], cwd=tmp_path, env=environment, capture_output=True, text=True)
                assert done.returncode == 0, f"{content}\n{done.stdout}\n{done.stderr}"


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"(?:^|/|`)aoi (\w+)", README, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    command = aoi.get_command(click.Context(aoi), name)
    assert command is not None
    subcommands = command.commands.values() if isinstance(command, click.Group) else ()
    texts = [one.help or "" for one in (command, *subcommands)]
    assert all(texts)
    assert any("Example" in text for text in texts)
