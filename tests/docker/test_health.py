"""docker/health.py, as Docker runs it, against real servers."""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.client.certificates import certify, needs_openssl
from tests.docker.versions import ROOT


class Answers(BaseHTTPRequestHandler):
    """200 at one path, else 404."""

    good = "/healthz"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == self.good else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def health(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "docker/health.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize(("path", "code"), [("/healthz", 0), ("/elsewhere", 1)])
def test_by_http_200_is_well_and_all_else_is_not(path: str, code: int) -> None:
    with serving() as port:
        assert health("http", port, path)[0] == code


@needs_openssl
def test_a_port_that_speaks_tls_is_asked_by_tls(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certify(tmp_path, "server")
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with serving(context) as port:
        assert health("http", port, "/healthz") == (0, "")
        assert health("http", port, "/elsewhere")[0] == 1


def test_a_port_on_which_nobody_listens(free_port: int) -> None:
    assert health("tcp", free_port) == (1, f"tcp {free_port}: not well")
    assert health("http", free_port, "/healthz") == (1, f"http {free_port} /healthz: not well")


def test_an_open_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert health("tcp", listener.getsockname()[1]) == (0, "")


def test_a_file_that_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "synced"
    assert health("fresh", file, 60) == (1, f"fresh {file} 60: not well")
    file.touch()
    assert health("fresh", file, 60) == (0, "")
    os.utime(file, (time.time() - 90, time.time() - 90))
    assert health("fresh", file, 60)[0] == 1
