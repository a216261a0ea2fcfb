import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from aoi_modules.child_process import Child
from aoi_modules.line.part import LOG_LINES, Part, answers, is_there


class Busy(BaseHTTPRequestHandler):
    """Says 503 where nobody is ready, and 200 elsewhere."""

    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/busy" else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keeps the test's output short."""


def test_a_part_that_ended_is_told_with_its_last_lines(tmp_path: Path) -> None:
    said = "for n in range(99): print('line', n)\nraise SystemExit(3)"
    with Child([sys.executable, "-c", said], tmp_path / "log") as child:
        child.wait(60)
        error = Part("model sync", "brings", "here", child, is_there(tmp_path / "none")).ended()
    head, *lines = error.message.splitlines()
    assert head == f"the model sync ended with exit code 3. The end of {tmp_path / 'log'}:"
    assert lines == [f"line {number}" for number in range(99 - LOG_LINES, 99)]


def test_a_file_is_there_or_not(tmp_path: Path) -> None:
    ready = is_there(tmp_path / "ready")
    assert not ready()
    (tmp_path / "ready").touch()
    assert ready()


def test_a_url_answers_with_200_or_not_yet(free_port: int) -> None:
    assert not answers(f"http://127.0.0.1:{free_port}/")()
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert not answers(f"{url}/busy")()
        assert answers(f"{url}/ready")()
        server.shutdown()
