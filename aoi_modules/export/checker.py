"""A process that proves servables and never saw the models they were made of.

A graph can work only because Python objects of its making are still around, and a file can lack what a server needs.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from aoi_modules.errors import ModelError, StoreError


class Checker:
    """A process of its own that verifies version directories, one after the other.

    It imports TensorFlow while its parent is still tracing, and it serves all exports of its parent: after the
    import, which takes seconds, a check costs what loading and running costs.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts the process if none is running; returns at once."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from aoi_modules.export.checker import answer; answer()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                # The card belongs to the parent; the check is a handful of pictures.
                env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
            )

    def check(self, folder: Path) -> float:
        """`verify` in the other process.

        Raises:
            ModelError: as `verify`, or the process died of what it loaded.
            StoreError: as `verify`.
        """
        with self._lock:
            self.start()
            process = self._process
            if process is None or process.stdin is None or process.stdout is None:
                raise ModelError(f"{folder}: no process to check it in")
            try:
                process.stdin.write(f"{json.dumps(str(folder.resolve()))}\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = ""
        if not line:
            raise ModelError(
                f"{folder.name}: loading what was written ended the process that tried it, exit code {process.wait()}; "
                "nothing was published"
            )
        answer = json.loads(line)
        if "difference" in answer:
            return float(answer["difference"])
        error = StoreError if answer["kind"] == "StoreError" else ModelError
        raise error(f"{answer['message']}; nothing was published", hint=answer["hint"])

    def stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()  # it stops when no more folders come
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()


checker = Checker()
"""The one of this process."""
atexit.register(checker.stop)


def answer() -> None:
    """Verifies the folders that come by standard input, one a line, until it closes."""
    answers: IO[str] = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints does not disturb the answers
    from aoi_modules import tf as quiet_tensorflow  # noqa: F401  # first, so that its notes stay out of the log
    from aoi_modules.export.verification import first_line, verify

    for line in sys.stdin:
        try:
            found: dict[str, object] = {"difference": verify(Path(json.loads(line)))}
        except (ModelError, StoreError) as error:
            found = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
        except Exception as error:  # the parent has to hear of it, whatever it is
            found = {"kind": "ModelError", "message": f"{type(error).__name__}: {first_line(error)}", "hint": ""}
        print(json.dumps(found), file=answers, flush=True)
