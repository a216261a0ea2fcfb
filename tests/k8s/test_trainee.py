"""A trainee in the cluster: Jupyter opens by its token, a lesson runs in the pod, and a new pod goes on from there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import urllib3

from aoi_modules.course import material
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.forms import solved_form
from tests.in_process import aoi
from tests.k8s.applied import done, forwarded, read, ready_pods, run, secret, until
from tests.k8s.report import not_tried, tell

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800), pytest.mark.usefixtures("mine")]
NAME = "ann"
POD = f"jupyter-{NAME}-0"
FOLDER = "/home/jovyan/work"
LESSON, CHECKS = "05a_fashion_mnist.ipynb", ("5a.1", "5a.2", "5a.3")
SECONDS = 900
"""How long the image may take to come, which has some gigabytes."""


@pytest.fixture
def trainee(tmp_path: Path) -> Iterator[None]:
    """A class of one, ready in the cluster; gone in the end, with the claim."""
    folder = tmp_path / "class"
    done("trainees", NAME, "--out", folder, "--component", "small")
    done("secrets", f"{folder}/")
    done("apply", f"{folder}/")
    try:
        ended = aoi("k8s", "wait", f"{folder}/", "--within", SECONDS)
        if ended.returncode and "ImagePull" in ended.stderr + ended.stdout:
            not_tried("Jupyter: its image is not to be had here")
            pytest.skip("the image of Jupyter is not there")
        assert ended.returncode == 0, ended.stderr
        yield
    finally:
        done("delete", f"{folder}/")
        run("-n", "jupyter", "delete", "pvc", f"work-{POD}", seconds=180)


def inside(*words: str, seconds: float = 600) -> str:
    """What a program says in the pod."""
    return run("-n", "jupyter", "exec", POD, "--", *words, seconds=seconds)


def solved() -> set[str]:
    """The exercises that are solved, as the pod's own command says."""
    said = json.loads(inside("aoi", "course", "status", "--json"))
    lessons = [one for item in said["items"] for one in item["lessons"]]
    return {name for one in lessons for name, is_solved in one["checks"].items() if is_solved}


def own_work() -> dict[str, Any]:
    """The lesson as a trainee leaves it who filled in every exercise."""
    found: dict[str, Any] = nbformat.from_dict(
        solved_form(read_notebook(material.official_dir() / "notebooks" / LESSON))
    )
    return found


class Browser:
    """Jupyter through the trainee's Service."""

    def __init__(self, port: int) -> None:
        self._contents = f"http://127.0.0.1:{port}/api/contents"
        self._pool = urllib3.PoolManager(timeout=60, headers={"Authorization": f"token {token()}"})

    def get(self, path: str) -> Any:
        answer = self._pool.request("GET", f"{self._contents}/{path}")
        assert answer.status == 200, answer.data
        return answer.json()["content"]

    def put(self, path: str, content: dict[str, Any]) -> None:
        body = {"type": "notebook", "format": "json", "content": content}
        answer = self._pool.request("PUT", f"{self._contents}/{path}", json=body)
        assert answer.status == 200, answer.data

    def stranger(self) -> int:
        """What somebody without a token gets."""
        return urllib3.request("GET", self._contents, timeout=30).status


def token() -> str:
    return secret(f"jupyter-{NAME}", "jupyter")["token"]


@pytest.mark.usefixtures("trainee")
def test_a_lesson_runs_in_the_pod_and_a_new_pod_goes_on_from_there() -> None:
    first = read("pod", POD, "-n", "jupyter")["metadata"]["uid"]
    with forwarded("jupyter", f"jupyter-{NAME}", 8888) as port:
        browser = Browser(port)
        assert browser.stranger() == 403
        lessons = [one["name"] for one in browser.get("notebooks") if one["name"].endswith(".ipynb")]
        assert LESSON in lessons, "the start of the pod laid the course there"
        assert solved() == set()
        browser.put(f"notebooks/{LESSON}", own_work())
    said = inside("aoi", "course", "start", FOLDER)
    assert f"kept: {FOLDER}/notebooks/{LESSON}" in said, "what a trainee wrote is theirs"
    assert "new: " not in said
    inside("papermill", "--cwd", "notebooks", f"notebooks/{LESSON}", "done.ipynb", "-p", "profile", "ci")
    assert solved() == set(CHECKS)
    run("-n", "jupyter", "delete", "pod", POD, seconds=180)
    took = until(
        lambda: [one for one in ready_pods("jupyter", "jupyter") if one["metadata"]["uid"] != first], "a new pod"
    )
    assert solved() == set(CHECKS)
    with forwarded("jupyter", f"jupyter-{NAME}", 8888) as port:
        kept = Browser(port).get(f"notebooks/{LESSON}")
    assert [one["source"] for one in kept["cells"]] == [one["source"] for one in own_work()["cells"]]
    tell(f"a trainee's pod: {len(lessons)} lessons, {LESSON} run in it; a new pod after {took:.0f} s, nothing lost")
