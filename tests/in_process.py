"""`aoi` in the process of the tests: the same words, output and exit code as from a shell, without a new Python.

A new process pays for TensorFlow's import, which is most of what many commands take. What a process of its own proves
(signals, kills, an empty environment, what is imported) is tested with one.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from unittest import mock

from aoi_modules.cli import main


@dataclass(frozen=True)
class Ended:
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


@contextmanager
def logging_kept() -> Iterator[None]:
    """Gives the log of this process its streams and levels back; a server's command sets them for good."""
    root, ours = logging.getLogger(), logging.getLogger("aoi_modules")
    handlers, level, our_level = root.handlers[:], root.level, ours.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        ours.setLevel(our_level)


def aoi(*words: object) -> Ended:
    """Runs `aoi` with these words."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code: object = 0
    argv = mock.patch.object(sys, "argv", ["aoi", *map(str, words)])
    with logging_kept(), argv, redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Ended(code if isinstance(code, int) else 1, *said)
