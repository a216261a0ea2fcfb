"""A process that proves servables and never saw the models they were made of.

A graph can work only because Python objects of its making are still around, and a file can lack what a server needs.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import IO

from aoi_modules.errors import Argument, ModelError, StoreError
from aoi_modules.first_line import first_line
from aoi_modules.machine.memory import enough_for
from aoi_modules.settings import child_environment

SECONDS = 600
"""A check may take so long; of the largest models it takes half a minute."""


ENDED = (-signal.SIGKILL, -signal.SIGABRT)
"""Exit codes of a process that the system ends, or that ends itself, where memory does not suffice."""
NO_MEMORY = "end other programs, or take a machine with more memory"


class Checker:
    """A process of its own that verifies version directories, one after the other.

    It imports TensorFlow while its parent is still tracing, and it serves all exports of its parent: after the
    import, which takes seconds, a check costs what loading and running costs.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts the process if none is running; returns at once."""
        if self.process is not None and self.process.poll() is not None:
            self.stop()
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from aoi_modules.export.checker import answer; answer()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                # The card belongs to the parent; the check is a handful of pictures.
                env=child_environment(CUDA_VISIBLE_DEVICES="-1"),
            )

    def check(self, folder: Path) -> float:
        """Verifies a version directory in the other process; see `verification.verify`.

        Raises:
            ModelError: as `verify`, or the process died of what it loaded.
            StoreError: as `verify`.
        """
        with self._lock:
            self.start()
            line = self._ask(folder)
            if not line:
                code = self.stop()
                raise ModelError(
                    f"{folder.name}: loading what was written ended the process that tried it (exit code {code}) or "
                    f"took more than {SECONDS} seconds; nothing was published",
                    hint=f"mostly that is for want of memory: {NO_MEMORY}" if code in ENDED else "",
                )
        answer = json.loads(line)
        if "difference" in answer:
            return float(answer["difference"])
        error = StoreError if answer["kind"] == "StoreError" else ModelError
        raise error(
            f"{answer['message']}; nothing was published",
            hint=answer["hint"],
            arguments=[Argument(name) for name in answer["arguments"]],
        )

    def _ask(self, folder: Path) -> str:
        """The process's answer; empty if it died or is stuck."""
        process = self.process
        if process is None or process.stdin is None or process.stdout is None:
            return ""
        try:
            process.stdin.write(f"{json.dumps(str(folder.resolve()))}\n")
            process.stdin.flush()
        except BrokenPipeError:
            return ""
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        return process.stdout.readline() if ready else ""

    def stop(self) -> int:
        """Ends the process, if there is one; returns its exit code."""
        process, self.process = self.process, None
        if process is None or process.stdin is None or process.stdout is None:
            return 0
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()  # it stops when no more folders come
        try:
            code = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        process.stdout.close()
        return code


@cache
def shared_checker() -> Checker:
    """The checker of this process, made by the first export and stopped when the process ends."""
    made = Checker()
    atexit.register(made.stop)
    return made


def answer() -> None:
    """Verifies the folders that come by standard input, one a line, until it closes."""
    answers: IO[str] = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints does not disturb the answers
    from aoi_modules import tf as quiet_tensorflow  # noqa: F401  # first, so that its notes stay out of the log
    from aoi_modules.export.verification import verify

    for line in sys.stdin:
        try:
            with enough_for("the check of what was written", NO_MEMORY):
                found: dict[str, object] = {"difference": verify(Path(json.loads(line)))}
        except (ModelError, StoreError) as error:
            names = [argument.name for argument in error.arguments]
            found = {"kind": type(error).__name__, "message": error.message, "hint": error.hint, "arguments": names}
        except Exception as error:  # the parent has to hear of it, whatever it is
            message = f"{type(error).__name__}: {first_line(error)}"
            found = {"kind": "ModelError", "message": message, "hint": "", "arguments": []}
        print(json.dumps(found), file=answers, flush=True)
