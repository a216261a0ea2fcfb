"""A VictoriaLogs for a lesson, where it is installed: a line's log files are pushed to it; it is asked in LogsQL."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from aoi_modules.child_process import Child, guarded
from aoi_modules.closing import Closing
from aoi_modules.errors import CourseError, LogStoreError
from aoi_modules.log_store import lines
from aoi_modules.log_store.victoria import HEALTH, LogStore, Record
from aoi_modules.machine.free_ports import free_ports

PROGRAMS = ("victoria-logs", "victoria-logs-prod")
INSTALL = "go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1"
HOST = "127.0.0.1"
READY_SECONDS = 240.0
MOST = 1000
"""Lines of an answer."""


def program() -> str | None:
    """Where VictoriaLogs is; None where it is not installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class LogQuestions(Closing):
    """A log store with the lines of the files; a context manager that ends it.

    Args:
        logs: files by service.
        folder: of what it keeps.

    Raises:
        CourseError: it is not installed, or does not come up.
    """

    def __init__(self, logs: Mapping[str, Path], folder: Path) -> None:
        found = program()
        if found is None:
            raise CourseError("VictoriaLogs is not installed here", hint=INSTALL)
        folder.mkdir(parents=True, exist_ok=True)
        data = tempfile.mkdtemp(prefix="data-", dir=folder)  # one that still runs has its own, locked
        (port,) = free_ports(1, HOST)
        url = f"http://{HOST}:{port}"
        command = [found, f"-httpListenAddr={HOST}:{port}", f"-storageDataPath={data}"]
        self._child = Child(guarded(command), folder / "log-store.log")
        self._store = LogStore(url)
        try:
            self._wait(url)
            self._push(logs)
        except BaseException:
            self.close()
            raise

    def ask(self, query: str) -> list[Record]:
        """The lines that a question in LogsQL finds.

        Raises:
            CourseError: it is not understood.
        """
        try:
            return self._store.ask(query, MOST)
        except LogStoreError as error:
            raise CourseError(error.message) from None

    def close(self) -> None:
        """Ends it."""
        self._store.close()
        self._child.close()

    def _push(self, logs: Mapping[str, Path]) -> None:
        pushed = [
            lines.read(text, service, service, time.time_ns())
            for service, path in logs.items()
            for text in path.read_text("utf-8", "replace").splitlines()
        ]
        self._store.push(pushed)
        until = time.monotonic() + READY_SECONDS
        while len(self.ask("*")) < min(len(pushed), MOST) and time.monotonic() < until:
            time.sleep(0.1)

    def _wait(self, url: str) -> None:
        until = time.monotonic() + READY_SECONDS
        with requests.Session() as session:
            session.trust_env = False
            while time.monotonic() < until:
                try:
                    if session.get(url + HEALTH, timeout=10).ok:
                        return
                except requests.ConnectionError:
                    pass
                if not self._child.running():
                    raise CourseError(f"VictoriaLogs ended at once:\n{self._child.log_tail(4)}")
                time.sleep(0.05)
        raise CourseError(f"VictoriaLogs was not ready within {READY_SECONDS:g} s")
