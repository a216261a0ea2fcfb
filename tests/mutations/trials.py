"""Mistakes against tests: each in a process of its own, forked from one that has the heavy libraries loaded."""

import ast
import importlib
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from tests.mutations.mutants import Mutant, mutated
from tests.mutations.parts import ROOT

LIMIT_SECONDS = 120
"""A mistake that makes tests hang is caught by this limit."""
HEAVY = """numpy yaml msgspec grpc hypothesis google.protobuf.message tensorflow_serving.apis.predict_pb2
    tensorflow_serving.apis.prediction_log_pb2 tensorflow_serving.apis.model_management_pb2""".split()
_PYTEST = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:cov",
    "--hypothesis-seed=7",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)
_NO_VERDICT = (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED)


@dataclass
class Trial:
    """What happens to one mistake.

    Args:
        mutant: the mistake; None tries the tests themselves.
        stages: tests that are still to be run against it.
        caught: whether a test failed; None while nobody knows.
    """

    mutant: Mutant | None
    stages: list[Path]
    caught: bool | None = None
    deadline: float = field(default=0.0, repr=False)


def load_heavy_libraries() -> None:
    """Imports what many tests need and no mistake touches, so that a fork does not import it again."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in HEAVY:
        importlib.import_module(name)


def run(trials: Sequence[Trial], scratch: Path, processes: int = 2) -> Iterator[Trial]:
    """Runs the trials, some at a time, and yields each when it is decided."""
    waiting = list(reversed(trials))
    running: dict[int, Trial] = {}
    while waiting or running:
        while waiting and len(running) < processes:
            trial = waiting.pop()
            running[_start(trial, scratch)] = trial
        for pid in _ended(running, scratch):
            trial = running.pop(pid)
            if trial.caught is None and trial.stages:
                waiting.append(trial)
            else:
                trial.caught = bool(trial.caught)
                yield trial


def _start(trial: Trial, scratch: Path) -> int:
    """Forks a process that runs the next tests of a trial."""
    tests = trial.stages.pop(0)
    trial.deadline = time.monotonic() + LIMIT_SECONDS
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 255
    try:
        os.setsid()
        output = os.open(scratch / f"{os.getpid()}.log", os.O_CREAT | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        set_hypothesis_home_dir(scratch / "hypothesis")
        if trial.mutant is not None:
            sys.meta_path.insert(0, _Finder(trial.mutant))
        code = int(pytest.main([*_PYTEST, str(tests)]))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _ended(running: dict[int, Trial], scratch: Path) -> list[int]:
    """Waits a moment for processes to end and notes what they say; ends those that are over their limit."""
    ended = []
    for pid, trial in running.items():
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            ended.append(pid)
            code = os.waitstatus_to_exitcode(status)
            if code in _NO_VERDICT or code == 255:
                said = (scratch / f"{pid}.log").read_text(errors="replace")
                raise RuntimeError(f"{trial.mutant}: the tests could not be run (pytest ended with {code})\n{said}")
            trial.caught = True if code else None
        elif time.monotonic() > trial.deadline:
            os.killpg(pid, signal.SIGKILL)
            trial.deadline = float("inf")
    if not ended:
        time.sleep(0.02)
    return ended


class _Finder(importlib.abc.MetaPathFinder):
    """Imports the one module with its mistake, and leaves all others to Python."""

    def __init__(self, mutant: Mutant) -> None:
        self.path = mutant.module
        self.name = ".".join(mutant.module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self.tree = mutated(mutant)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.machinery.ModuleSpec(
            fullname, _Loader(fullname, str(self.path), self.tree), origin=str(self.path)
        )


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, tree: ast.Module) -> None:
        super().__init__(fullname, path)
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.tree, self.path, "exec")
        return code
