"""A real Prometheus as a child process, and its HTTP API, for a lesson."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from aoi_modules.child_process import Child, guarded
from aoi_modules.closing import Closing
from aoi_modules.errors import CourseError
from aoi_modules.first_line import first_line
from aoi_modules.machine.free_ports import free_ports
from aoi_modules.study.watching.answers import QuestionRefused, Sample, Series

PROGRAM = "prometheus"
HOST = "127.0.0.1"
READY_SECONDS = 240.0
"""It is there within a second; a busy machine may take long."""
ASK_SECONDS = 30.0
INSTALL = "apt-get install prometheus, or take it from prometheus.io"


def program() -> str | None:
    """Where Prometheus is; None where it is not installed."""
    return shutil.which(PROGRAM)


class Prometheus(Closing):
    """Prometheus with a configuration; a context manager that ends it.

    Args:
        config: its file, as YAML.
        folder: takes the file, what is measured, and the log.

    Attributes:
        url: of its page, `http://127.0.0.1:PORT`.

    Raises:
        CourseError: it is not installed, refuses the configuration, or is not ready in time.
    """

    def __init__(self, config: str, folder: Path) -> None:
        found = program()
        if found is None:
            raise CourseError("Prometheus is not installed here", hint=INSTALL)
        folder.mkdir(parents=True, exist_ok=True)
        data = tempfile.mkdtemp(prefix="data-", dir=folder)  # one that still runs has its own, locked
        file = folder / "prometheus.yml"
        file.write_text(config, "utf-8")
        (port,) = free_ports(1, HOST)
        self.url = f"http://{HOST}:{port}"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment does not lead to this machine
        command = [
            found, f"--config.file={file}", f"--storage.tsdb.path={data}",
            f"--web.listen-address={HOST}:{port}",
        ]  # fmt: skip
        self._child = Child(guarded(command), folder / "prometheus.log")
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def ask(self, query: str, at: float) -> list[Sample]:
        """Answers at a moment; see `Source`."""
        found = self._get("query", {"query": query, "time": f"{at:.3f}"})
        if found["resultType"] == "scalar":
            return [Sample({}, float(found["result"][1]))]
        if found["resultType"] != "vector":
            raise QuestionRefused(
                f"it answers with a {found['resultType']}: all values within a range",
                hint="put a function around the range: rate(...[1m])",
            )
        return [Sample(one["metric"], float(one["value"][1])) for one in found["result"]]

    def over(self, query: str, start: float, end: float) -> list[Series]:
        """Answers for each second between two moments; see `Source`."""
        found = self._get("query_range", {"query": query, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": "1"})
        return [_series(one) for one in found["result"]]

    def targets(self) -> dict[str, str]:
        """Whom it asks, as `job host:port`, and how that went: `up`, `down` or `unknown`."""
        found = self._get("targets", {})["activeTargets"]
        return {f"{one['labels']['job']} {one['labels']['instance']}": str(one["health"]) for one in found}

    def close(self) -> None:
        """Ends it."""
        self._child.close()
        self._session.close()

    def _wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if not self._child.running():
                raise CourseError(f"Prometheus ended at once:\n{self._child.log_tail(4)}")
            try:
                if self._session.get(f"{self.url}/-/ready", timeout=ASK_SECONDS).ok:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.05)
        raise CourseError(f"Prometheus was not ready within {READY_SECONDS:g} s")

    def _get(self, what: str, about: dict[str, str]) -> Any:
        try:
            answer = self._session.get(f"{self.url}/api/v1/{what}", params=about, timeout=ASK_SECONDS).json()
        except (requests.RequestException, ValueError) as error:
            raise CourseError(
                f"Prometheus does not answer: {first_line(error)}", hint="run the cells from its start again"
            ) from None
        if answer["status"] != "success":
            raise QuestionRefused(str(answer.get("error", "it says no why")))
        return answer["data"]


def _series(one: Any) -> Series:
    times, values = zip(*one["values"], strict=True)
    return Series(one["metric"], tuple(map(float, times)), tuple(map(float, values)))
