"""Whole lines for tests: `aoi line --json` as a process in a session of its own, on free ports and drawn pictures."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from tests.documents import environment
from tests.processes import runs

SECONDS = 240.0
"""That a machine which does much else may take."""


class RunningLine:
    """A line that was started.

    Args:
        process: of `aoi line`.

    Attributes:
        events: what it told so far.
        said: what it wrote to standard error; complete when it has ended.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self.said = ""
        self._threads = [Thread(target=self._read, daemon=True), Thread(target=self._listen, daemon=True)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """Waits until so many events of that name came; returns all of them."""
        self.until(lambda: len(self.all(event)) >= count, event)
        return self.all(event)

    def all(self, event: str) -> list[dict[str, Any]]:
        """The events of a name."""
        return [one for one in list(self.events) if one["event"] == event]

    def pids(self) -> dict[str, int]:
        """The processes of the parts, once all run."""
        parts = self.wait_for("ready")[0]["parts"]
        return {one["part"]: one["pid"] for one in parts if one["pid"] is not None}

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Waits until something is so; the line has to run meanwhile."""
        end = time.monotonic() + SECONDS
        while not done():
            assert self.process.poll() is None, f"the line ended: {self.said}"
            assert time.monotonic() < end, f"it did not come to it: {what}"
            time.sleep(0.02)

    def end(self, number: int = signal.SIGINT) -> int:
        """Sends a signal and waits until the line has ended; returns its exit code."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Waits until it ends by itself, and all that it told is here; returns its exit code."""
        code = self.process.wait(SECONDS)
        for thread in self._threads:
            thread.join(SECONDS)
        return code

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.events.append(json.loads(line))

    def _listen(self) -> None:
        for line in self.process.stderr or ():
            self.said += line


@contextmanager
def line(course: Path, home: Path, *arguments: str, ports: Sequence[str] = ("any", "any")) -> Iterator[RunningLine]:
    """A line on what a course left; killed at the end if it still runs."""
    words = ["line", "--json", "--home", str(home), "--port", ports[0], "--serving-port", ports[1], *arguments]
    own = environment(AOI_COURSE_DIR=str(course), AOI_CACHE_DIR=str(course / "cache"), AOI_DATA_DIR="")
    process = subprocess.Popen(
        [sys.executable, "-c", "from aoi_modules.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own,
        start_new_session=True,
    )
    with process:
        running = RunningLine(process)
        try:
            yield running
        finally:
            process.kill()
            running.ended()


def gone(pids: Sequence[int]) -> bool:
    """Whether all of them end within the time that a part has to stop."""
    end = time.monotonic() + 240
    while any(map(runs, pids)):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def stored(home: Path) -> set[str]:
    """The ids of all inspections in the database of a line."""
    with sqlite3.connect(f"file:{home / 'results.sqlite'}?mode=ro", uri=True) as database:
        return {row[0] for row in database.execute("SELECT id FROM inspections")}
