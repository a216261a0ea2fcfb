"""A gateway whose routes a lesson changes while it runs."""

import os
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import yaml

from aoi_modules.closing import Closing
from aoi_modules.errors import CourseError
from aoi_modules.gateway.launcher import RunningGateway

SECONDS = 10.0
"""How long it may take until the gateway has read a changed file."""
_COUNTER = "aoi_gateway_routes_reloads_total"


class ChangingGateway(Closing):
    """A running gateway, and the file of its routes; a context manager that stops it and removes its files.

    Args:
        routes: as they stand in the file.

    Attributes:
        url: `http://127.0.0.1:PORT`.
        routes_file: which the gateway reads.
        results: the folder in which every inspection is kept, as long as the gateway runs.

    Raises:
        AoiError: the gateway did not start; the message holds the end of its log.
    """

    def __init__(self, routes: Mapping[str, Any]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="aoi-gateway-")
        self.routes_file = Path(self._folder.name) / "routes.yaml"
        self.results = Path(self._folder.name) / "results"
        self._write(routes)
        try:
            self._gateway = RunningGateway(self.routes_file, results=self.results)
        except BaseException:
            self._folder.cleanup()
            raise
        self.url = self._gateway.url

    def change(self, routes: Mapping[str, Any]) -> None:
        """Writes other routes, and returns when the gateway goes by them.

        Raises:
            CourseError: it refused them; the old ones stay.
        """
        before = self._reloads()
        self._write(routes)
        os.kill(self._gateway.process.pid, signal.SIGHUP)  # sooner than the gateway would look by itself
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            now = self._reloads()
            if now["refused"] > before["refused"]:
                raise CourseError(f"the gateway refused the routes:\n{self._gateway.process.log_tail(3)}")
            if now["taken"] > before["taken"]:
                return
            time.sleep(0.05)
        raise CourseError(f"the gateway did not read the changed routes within {SECONDS:g} s")

    def close(self) -> None:
        """Stops it, after the answers that are under way, and removes what it kept."""
        self._gateway.close()
        self._folder.cleanup()

    def _write(self, routes: Mapping[str, Any]) -> None:
        """In one step, so that nobody reads half a file."""
        fresh = self.routes_file.with_suffix(".new")
        fresh.write_text(yaml.safe_dump(dict(routes), sort_keys=False))
        fresh.replace(self.routes_file)

    def _reloads(self) -> dict[str, float]:
        """How often routes were taken and refused so far."""
        counts = {"taken": 0.0, "refused": 0.0}
        for line in requests.get(f"{self.url}/metrics", timeout=10).text.splitlines():
            for outcome in counts:
                if line.startswith(f'{_COUNTER}{{outcome="{outcome}"}}'):
                    counts[outcome] = float(line.rpartition(" ")[2])
        return counts
