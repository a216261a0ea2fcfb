"""Prometheus, Alertmanager and exporters, started for real, and a webhook that remembers what it was told."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import requests

from aoi_modules.machine.free_ports import free_ports
from tests.services import path_of

PATIENCE = 240.0


class Program:
    """A program that listens on a port of its own, and can be killed and started again there.

    Args:
        folder: of its log.
        path: of a page that answers when it is ready.
        command: makes its words from its address.
        environment: of it; None for that of the tests.
    """

    def __init__(
        self,
        folder: Path,
        path: str,
        command: Callable[[str], Sequence[str]],
        environment: dict[str, str] | None = None,
    ) -> None:
        (port,) = free_ports(1)
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        self._path = path
        self._words = command(self.address)
        self._environment = environment
        self._log = folder / f"{Path(self._words[0]).name}-{port}.log"
        self.start()

    def start(self) -> None:
        """Starts it, and returns when it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [path_of(self._words[0]), *self._words[1:]], stdout=log, stderr=log, env=self._environment
            )
        until(self._is_ready, lambda: self._log.read_text()[-2000:])

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        try:
            return requests.get(self.url + self._path, timeout=5).ok
        except requests.ConnectionError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()


class Prometheus(Program):
    """Prometheus, with a configuration of this test.

    Args:
        folder: of its file and its data.
        configuration: of it.
    """

    def __init__(self, folder: Path, configuration: Mapping[str, Any]) -> None:
        file = folder / "prometheus.yaml"
        file.write_text(json.dumps(configuration))
        words = ("prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}",
                 "--rules.alert.resend-delay=1s")  # fmt: skip
        super().__init__(folder, "/-/ready", lambda address: [*words, f"--web.listen-address={address}"])

    def ask(self, query: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of each series that answers a question."""
        answer = requests.get(f"{self.url}/api/v1/query", {"query": query}, timeout=30).json()
        assert answer["status"] == "success", f"{query}: {answer}"
        result = answer["data"]["result"]
        if answer["data"]["resultType"] == "scalar":
            return [({}, float(result[1]))]
        return [(series["metric"], float(series["value"][1])) for series in result]

    def firing(self) -> set[str]:
        """The names of alerts that fire now."""
        return {labels["alertname"] for labels, _ in self.ask('ALERTS{alertstate="firing"}')}


class Alertmanager(Program):
    """Alertmanager, with a configuration of this test."""

    def __init__(self, folder: Path, configuration: Mapping[str, Any]) -> None:
        file = folder / "alertmanager.yaml"
        file.write_text(json.dumps(configuration))
        words = ("prometheus-alertmanager", f"--config.file={file}", f"--storage.path={folder / 'alerts'}",
                 "--cluster.listen-address=")  # fmt: skip
        super().__init__(folder, "/-/ready", lambda address: [*words, f"--web.listen-address={address}"])


class Receiver:
    """A webhook. It remembers which alerts it was told of, and when; other messages it only takes.

    Args:
        port: 0 takes a free one.

    Attributes:
        told: each alert as it came, the newest last.
        at: when an alert was first told as firing or as resolved, by name and status, by `time.monotonic`.
    """

    def __init__(self, port: int = 0) -> None:
        self.told: list[dict[str, Any]] = []
        self.at: dict[tuple[str, str], float] = {}
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, body: bytes) -> None:
        """Notes the alerts of a message; what is none is only taken."""
        for alert in json.loads(body).get("alerts", []):
            self.told.append(alert)
            self.at[alert["labels"]["alertname"], alert["status"]] = time.monotonic()

    def current(self, status: str) -> set[str]:
        """The names of alerts whose last message had this status."""
        last = {(alert["labels"]["alertname"], alert["fingerprint"]): alert["status"] for alert in self.told}
        firing = {name for (name, _), said in last.items() if said == "firing"}
        return firing if status == "firing" else {name for name, _ in last} - firing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()


def until(holds: Callable[[], bool], otherwise: Callable[[], object]) -> None:
    """Waits until something holds; says `otherwise` if it does not come to hold."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.1)
