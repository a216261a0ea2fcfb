"""A file server that can misbehave, and a small set in upstream's layout."""

import http.server
import re
from dataclasses import dataclass, field
from pathlib import Path

SMALL_FILES = {"train.gz": b"training pictures" * 50, "test.gz": b"test pictures" * 50}


def put(root: Path) -> Path:
    """Writes the small set into a folder."""
    root.mkdir(parents=True)
    for name, content in SMALL_FILES.items():
        (root / name).write_bytes(content)
    return root


@dataclass
class FileServer:
    """What the server gives, and what it was asked.

    Args:
        files: path -> content.
        ranges: whether it honours Range.
        cut_after: bytes after which each of the first connections is cut, one entry a connection.
        statuses: answers of the first requests instead of the file.
        asked: (path, Range header) of each request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cut_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


def handler(state: FileServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_HEAD(self) -> None:
            self.send_response(200 if self.path in state.files else 404)
            self.end_headers()

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            state.asked.append((self.path, wanted))
            if state.statuses:
                self.send_error(state.statuses.pop(0))
                return
            if self.path not in state.files:
                self.send_error(404)
                return
            content = state.files[self.path]
            start = int(re.sub(r"\D", "", wanted)) if wanted and state.ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            rest = content[start:]
            self.wfile.write(rest[: state.cut_after.pop(0)] if state.cut_after else rest)

        def log_request(self, code: object = None, size: object = None) -> None:
            pass

        def log_error(self, *args: object) -> None:
            pass

    return Handler
