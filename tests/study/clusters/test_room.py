"""A namespace of one's own: what is not the lesson's is left alone, and why a pod is not ready is said."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.room import Room, answer_of, tidy
from tests.study.clusters.programs import written


class Door(BaseHTTPRequestHandler):
    """Lets in who has the token."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path.endswith("?token=right") else 403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def room(tmp_path: Path, *lines: str) -> Room:
    """A room of a cluster whose kubectl is a few lines; what it was asked stands in the file `asked`."""
    program = written(tmp_path / "kubectl", f'echo "$*" >> {tmp_path / "asked"}', *lines)
    return Room(Kubectl(program, "kind", ""), "lesson2-ada")


def asked(tmp_path: Path) -> str:
    return (tmp_path / "asked").read_text()


def test_a_namespace_is_made_and_marked(tmp_path: Path) -> None:
    room(tmp_path).make()
    assert asked(tmp_path).splitlines() == [
        "create namespace lesson2-ada --context=kind",
        "label namespace lesson2-ada aoi-lesson=2 --context=kind",
    ]


def test_one_of_an_earlier_try_is_taken_and_anothers_is_not(tmp_path: Path) -> None:
    taken = 'case "$1" in create) echo exists >&2; exit 1 ;; get) echo namespace/{} ;; esac'
    room(tmp_path, taken.format("lesson2-ada")).make()
    with pytest.raises(CourseError, match="exists"):
        room(tmp_path, taken.format("other")).make()


def test_only_what_the_lesson_made_is_removed(tmp_path: Path) -> None:
    own = room(tmp_path, 'case "$1" in get) echo namespace/lesson2-ada-quota; echo namespace/lesson2-adam ;; esac')
    assert not own.remove()
    assert "delete" not in asked(tmp_path)
    assert tidy(own.kubectl, "lesson2-ada") == 1
    deleted = [line for line in asked(tmp_path).splitlines() if line.startswith("delete")]
    assert deleted == ["delete namespace lesson2-ada-quota --wait=false --context=kind"]


def test_a_refused_file_comes_with_the_reason(tmp_path: Path) -> None:
    assert room(tmp_path, "cat").apply("kind: Service") == "kind: Service"
    with pytest.raises(CourseError, match="no such field"):
        room(tmp_path, "echo 'error: no such field' >&2; exit 1").apply("kind: Service")


def test_why_a_pod_is_not_ready_is_said(tmp_path: Path) -> None:
    waiting = {"reason": "ImagePullBackOff", "message": "not found"}
    pod = {
        "metadata": {"name": "jupyter-1"},
        "status": {"containerStatuses": [{"name": "jupyter", "state": {"waiting": waiting}}]},
    }
    (tmp_path / "pods").write_text(json.dumps({"items": [pod]}))
    (tmp_path / "events").write_text(json.dumps({"items": []}))
    own = room(tmp_path, f'case "$1" in rollout) echo "timed out" >&2; exit 1 ;; get) cat {tmp_path}/$2 ;; esac')
    assert own.wait("jupyter", 1) == "jupyter: ImagePullBackOff: not found"
    assert own.wait("other", 1) == "timed out"
    assert room(tmp_path).wait("jupyter", 1) == ""


def test_a_service_is_reached_by_a_port_of_this_machine(tmp_path: Path, port: int) -> None:
    own = room(tmp_path, f"echo 'Forwarding from 127.0.0.1:{port} -> 8888'", "exec sleep 60")
    with own.forwarded("jupyter", 18500) as address:
        assert answer_of(f"{address}/api/status") == 403
        assert answer_of(f"{address}/api/status?token=right") == 200
    assert "port-forward service/jupyter :18500" in asked(tmp_path)


def test_a_way_that_ends_is_opened_again(tmp_path: Path, port: int) -> None:
    once = f"[ -e {tmp_path}/once ] || {{ touch {tmp_path}/once; echo 'error: no pods'; exit 1; }}"
    own = room(tmp_path, once, f"echo 'Forwarding from 127.0.0.1:{port} -> 8888'", "exec sleep 60")
    assert own.answer("jupyter", 18500, "/?token=right") == 200
    with pytest.raises(CourseError, match="no pods"):
        room(tmp_path, "echo 'error: no pods'; exit 1").answer("jupyter", 1, "/", seconds=0)


def test_a_way_that_does_not_open_is_said(tmp_path: Path) -> None:
    own = room(tmp_path, "echo 'error: no pods'; exit 1")
    with pytest.raises(CourseError, match="port-forward: error: no pods"), own.forwarded("jupyter", 1):
        pass


def test_nobody_who_answers_is_said() -> None:
    with pytest.raises(CourseError, match="127"):
        answer_of("http://127.0.0.1:1/?token=secret", seconds=0.1)
