"""README's blocks run, in order, in an empty folder: commands, routes, servers and Python."""

import re
import shlex
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import click
import pytest

from aoi_modules.cli import COMMANDS, aoi
from aoi_modules.machine.free_ports import free_ports
from tests.documents import ROOT, blocks, done, environment, running, wait_for

README = (ROOT / "README.md").read_text()
BY_HAND = README[README.index("## The line, by hand") : README.index("## Training")]
PORTS = ("8500", "8501", "8080")


@pytest.mark.slow
@pytest.mark.timeout(900)  # some thirty commands, one after the other
def test_the_line_by_hand(tmp_path: Path) -> None:
    own = environment()
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
                    servers.enter_context(running(command, tmp_path, own))
                    wait_for(ready[shlex.split(command)[1]])
            elif language == "text":  # for other machines, or a person at a keyboard: its words have to be known
                for command in content.splitlines():
                    done(["bash", "-euc", f"{command.partition(' > ')[0]} --help"], tmp_path, own)
            else:
                run = ["bash", "-euo", "pipefail", "-c"] if language == "bash" else [sys.executable, "-c"]
                done([*run, content], tmp_path, own)


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


def test_every_file_that_the_readme_links_to_exists() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert {"ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"} <= set(linked)
    assert [name for name in linked if not (ROOT / name).exists()] == []
