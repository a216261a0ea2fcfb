"""ARCHITECTURE.md names files and functions that exist, and the parts in the order that the import rule proves."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.documents import ROOT, blocks, section
from tests.howto.copy_of_house import ARCHITECTURE

PACKAGE = ROOT / "aoi_modules"
TEXT = re.sub(r"^```\w+\n.*?^```$", "", ARCHITECTURE, flags=re.MULTILINE | re.DOTALL)
NAMED = sorted(set(re.findall(r"`([\w./-]+(?:\.(?:py|yml|toml|md)(?::[\w.]+)?|/))`", TEXT)))
MADE = {"aoi.toml", "artifacts/", "assets.extra/", "samples/", "split.py", "variables/"}
"""What people write or stages leave; it is no part of the repository."""
HOW_TOS = (
    "A recipe",
    "A data set",
    "A backbone",
    "A source reader",
    "An engine",
    "A command",
    "A lesson",
    "A question",
)


def found(name: str) -> Path:
    """The file or folder that the page means."""
    return next((path for path in (PACKAGE / name, ROOT / name) if path.exists()), ROOT / name)


def functions(path: Path) -> set[str]:
    """Functions, classes and methods of a module: `name`, `Class`, `Class.method`."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}.{one.name}"
                for one in node.body
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
            }
    return names


@pytest.mark.parametrize("name", [name for name in NAMED if name not in MADE])
def test_every_file_and_function_exists(name: str) -> None:
    file, _, function = name.partition(":")
    assert found(file).exists(), file
    if function:
        assert function in functions(found(file)), name


def test_the_parts_are_those_of_the_import_rule_in_their_order() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    table = section(ARCHITECTURE, "## The parts, from the top down")
    assert re.findall(r"^\| `(\w+)(?:\.py|/)` \|", table, re.MULTILINE) == layers


def test_seven_walks_name_at_least_three_files_each() -> None:
    walks = section(ARCHITECTURE, "## Seven walks")
    titles = re.findall(r"^### (.*)$", walks, re.MULTILINE)
    assert len(titles) == 7
    for title in titles:
        assert len(re.findall(r"`[\w/]+\.py[:`]", section(ARCHITECTURE, f"### {title}"))) >= 3, title


def test_every_how_to_has_its_steps_and_a_command_that_proves_them() -> None:
    titles = re.findall(r"^### (.*)$", section(ARCHITECTURE, "## How to add"), re.MULTILINE)
    assert titles == list(HOW_TOS)
    for title in titles:
        assert blocks(section(ARCHITECTURE, f"### {title}"))[-1][0] == "console", title
