"""A `docker` that says what a test wants to hear, for answers that no engine of a test machine gives."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest


def install(folder: Path, patch: pytest.MonkeyPatch, answers: Mapping[str, tuple[int, str, str]]) -> Path:
    """Puts it first on the path.

    Args:
        folder: where it lies.
        patch: takes it away again.
        answers: exit code, standard output and standard error, by the first word behind `docker`.

    Returns:
        A file with a line for each call: its words, and the variable JUPYTER_TOKEN.
    """
    calls = folder / "calls"
    lines = ["#!/bin/sh", f'echo "$JUPYTER_TOKEN $*" >>{calls}', "case $1 in"]
    for word, (code, out, err) in answers.items():
        (folder / f"{word}.out").write_text(out)
        (folder / f"{word}.err").write_text(err)
        lines.append(f"{word}) cat {folder}/{word}.out; cat {folder}/{word}.err >&2; exit {code} ;;")
    (folder / "docker").write_text("\n".join([*lines, "esac", "exit 0", ""]))
    (folder / "docker").chmod(0o755)
    patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def info(**told: object) -> tuple[int, str, str]:
    """What `docker info` answers."""
    return 0, json.dumps({"ServerVersion": "28.0.1", "Runtimes": {"runc": {}}, **told}), ""
