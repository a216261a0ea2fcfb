"""VictoriaLogs, started for real; and a door that takes what is pushed, by Loki's protocol, as a store does."""

import json
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

from aoi_modules.log_store.lines import Line
from aoi_modules.log_store.victoria import HEALTH, PUSH, LogStore, Record
from tests.k8s.watching.programs import PATIENCE, Program


class VictoriaLogs(Program):
    """The store itself.

    Args:
        folder: of its data and its log.
    """

    def __init__(self, folder: Path) -> None:
        words = ("victoria-logs", f"-storageDataPath={folder / 'lines'}", "-inmemoryDataFlushInterval=1s")
        super().__init__(folder, HEALTH, lambda address: [*words, f"-httpListenAddr={address}"])

    def wait_for(self, query: str, count: int) -> list[Record]:
        """The lines that answer a question, once there are so many: it takes a moment until a line is found."""
        end = time.monotonic() + PATIENCE
        with LogStore(self.url) as store:
            while len(found := store.ask(query, 1000)) < count:
                assert time.monotonic() < end, found
                time.sleep(0.1)
        return found


class Door:
    """What is pushed here is remembered, or refused.

    Args:
        port: 0 takes a free one.

    Attributes:
        taken: streams as they came.
        status: with which the next push is answered.
    """

    def __init__(self, port: int = 0) -> None:
        self.taken: list[dict[str, Any]] = []
        self.status = 204
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == PUSH
                if door.status == 204:
                    door.taken += body["streams"]
                self.send_response(door.status)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def texts(self) -> list[str]:
        """The lines, in the order in which they came."""
        return [value[1] for stream in self.taken for value in stream["values"]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def line(event: str, service: str = "gateway", **fields: object) -> Line:
    """A line that a service writes now."""
    now = time.time_ns()
    labels: Mapping[str, str] = {"service": service, "level": "info"}
    return Line(json.dumps({"event": event, "level": "info", **fields}), now, labels, service)
