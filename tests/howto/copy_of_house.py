"""A copy of the package and its lessons in which the steps of a how-to are done exactly as ARCHITECTURE.md writes them.

The first line of a block names its file, `# some/file.py`. What follows is the whole file, or lines with their place:

    # below: LINE                    below the one line that reads so
    # at the end
    # above the cell: LINE           of a lesson: above the one cell that begins with that line
    # in place of the last cell

A lesson is written cell by cell, as `# %%` and then `[markdown]` or a tag. A Python block that names no file is run.
The lines of a console block are commands; `aoi serve` stays up until the end.
"""

import re
import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from aoi_modules.machine.free_ports import free_ports
from tests.documents import ROOT, blocks, done, environment, running, section, wait_for

ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
COPIED = ("aoi_modules", "notebooks", "examples", "curriculum.yml", "README.md", "pyproject.toml")
PORTS = ("8500", "8501")
_FILE = re.compile(r"# ([\w./]+\.(?:py|yml|ipynb))")
_PLACE = re.compile(r"^# (below|at the end|above the cell|in place of the last cell)(?:: (.*))?\n", re.MULTILINE)
_CELL = re.compile(r"^# %%(?: \[(\w+)\])?(?: (\w+))?\n", re.MULTILINE)
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@dataclass
class CopyOfHouse:
    """A copy in `folder`; what is started in it stops with `servers`."""

    folder: Path
    servers: ExitStack

    @classmethod
    def made(cls, folder: Path, servers: ExitStack) -> "CopyOfHouse":
        """Copies what how-tos change, with a command `aoi` that runs the copy."""
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        aoi = folder / "bin" / "aoi"
        aoi.parent.mkdir()
        aoi.write_text(f"#!{sys.executable}\nfrom aoi_modules.cli import main\n\nmain()\n")
        aoi.chmod(0o755)
        return cls(folder, servers)

    @property
    def environment(self) -> dict[str, str]:
        """Commands find the copy first; data sets and what they leave stay inside it."""
        path = f"{self.folder / 'bin'}:{environment()['PATH']}"
        cache = str(self.folder / "cache")
        return environment(PATH=path, PYTHONPATH=str(self.folder), AOI_CACHE_DIR=cache, AOI_DATA_DIR="")

    def follow(self, heading: str) -> list[str]:
        """Does the steps below a heading of ARCHITECTURE.md; returns what each of its commands printed.

        What they write has to be as `make lint` wants it.
        """
        ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
        text = re.sub("|".join(PORTS), lambda match: ports[match[0]], section(ARCHITECTURE, heading))
        printed = []
        for language, content in blocks(text):
            named = _FILE.match(content)
            if language == "console":
                printed += [self.run(command, ports["8501"]) for command in content.splitlines()]
            elif named is None:
                printed.append(done([sys.executable, "-c", content], self.folder, self.environment))
            else:
                _apply(self.folder / named[1], content.partition("\n")[2])
        self.run("ruff check --quiet aoi_modules notebooks && ruff format --check --quiet aoi_modules notebooks")
        return printed

    def run(self, command: str, rest_port: str = "") -> str:
        """Runs a command to its end and returns what it printed, or starts a server and waits for its model."""
        if not command.startswith("aoi serve "):
            return done(["bash", "-c", command], self.folder, self.environment)
        model = re.findall(r"--model_name=(\w+)", command)[0]
        self.servers.enter_context(running(command, self.folder, self.environment))
        wait_for(f"http://127.0.0.1:{rest_port}/v1/models/{model}")
        return ""


def _apply(path: Path, text: str) -> None:
    """Writes a file, or puts lines into one."""
    whole, *parts = _PLACE.split(text)
    if not parts:
        assert not path.exists(), f"{path} is there already"
        if path.suffix == ".ipynb":
            nbformat.write(new_notebook(cells=_cells(whole), metadata={"kernelspec": KERNEL}), path)
        else:
            path.write_text(whole)
    change = _with_cells if path.suffix == ".ipynb" else _with_lines
    for where, line, new in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        change(path, where, line, new)


def _with_lines(path: Path, where: str, line: str, new: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    at = len(lines)
    if where == "below":
        at = _only([number for number, found in enumerate(lines, 1) if found.strip() == line], line)
    path.write_text("".join([*lines[:at], new, *lines[at:]]))


def _with_cells(path: Path, where: str, line: str, new: str) -> None:
    lesson = nbformat.read(path, as_version=4)
    if where == "in place of the last cell":
        lesson.cells[-1:] = _cells(new)
    else:
        at = _only([number for number, cell in enumerate(lesson.cells) if cell.source.split("\n")[0] == line], line)
        lesson.cells[at:at] = _cells(new)
    nbformat.write(lesson, path)


def _only(places: list[int], line: str) -> int:
    assert len(places) == 1, f"expected one place that reads {line!r}, found {len(places)}"
    return places[0]


def _cells(text: str) -> list[nbformat.NotebookNode]:
    """The cells that a text writes one below the other."""
    _, *parts = _CELL.split(text)
    cells = []
    for kind, tag, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if kind == "markdown":
            cells.append(new_markdown_cell(re.sub(r"^# ?", "", source.strip(), flags=re.MULTILINE)))
        else:
            cells.append(new_code_cell(source.strip(), metadata={"tags": [tag]} if tag else {}))
    return cells
