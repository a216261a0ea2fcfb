"""Exercise 9.5: each mistake gets its hint; on a cluster the file is applied and asked through its Service."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.local.building import image_name
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.gateway_image import check_gateway_image
from aoi_modules.course.exercises.programs.gateway_objects import GatewayRoom, check_gateway_objects
from aoi_modules.course.exercises.programs.gateway_task import GatewayTask
from aoi_modules.course.exercises.programs.small_gateway import Part, parts_of
from aoi_modules.course.notebook.file import read_notebook
from aoi_modules.course.notebook.forms import exercises
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.study.containers.engine import Engine
from aoi_modules.study.rollout.cluster_room import ClusterRoom
from tests.course.exercises.programs.test_gateway_image import ROUTES, written

TASK = GatewayTask.of(Random("a test of 9.5"), Path("nowhere"))


def lesson_file(task: GatewayTask) -> str:
    """The file of the lesson's solution."""
    path = Path(__file__).parents[4] / "notebooks" / "09_gateway.ipynb"
    (found,) = [one for one in exercises(read_notebook(path)) if one.id == "9.5"]
    assert found.solution is not None
    names: dict[str, Any] = {"packed": task}
    exec(found.solution.source, names)
    return str(names["own_file"])


FILE = lesson_file(TASK)


def test_without_a_cluster_it_is_read() -> None:
    assert "not applied, since no cluster is here" in check_gateway_objects(FILE, TASK, None, [])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"image: {TASK.image}", "image: gateway-neighbour-1:1", f"expected yours, {TASK.image}"),
        (f"image: {TASK.image}", f"image: {TASK.name}", "has no version"),
        ("args:", "command: [python]\n        args:", "the image has its ENTRYPOINT"),
        ("dns:///model-server:8500", "127.0.0.1:8500", "expected --model-server=dns:///model-server:8500"),
        (f"containerPort: {TASK.port}", "containerPort: 8080", f"expected containerPort {TASK.port}"),
        ("path: /readyz", "path: /healthz", "readinessProbe: found the path /healthz"),
        ("livenessProbe: {httpGet: {path: /healthz", "livenessProbe: {httpGet: {path: /readyz", "killed because"),
        ("livenessProbe: {httpGet: {path: /healthz, ", "livenessProbe: {tcpSocket: {", "expected httpGet"),
        ("port: 80,", "port: 8080,", "expected 80, led to"),
        (f"Service\nmetadata:\n  name: {TASK.name}", "Service\nmetadata:\n  name: gateway", "Service: found"),
        ("kind: Service", "kind: Ingress", "expected a Deployment and a Service"),
        ("replicas: 2", "replicas: FILL_IN", "still open"),
        ("livenessProbe:", "lifenessProbe:", "no field"),
        (f"selector: {{app: {TASK.name}}}", "selector: {app: tile}", "finds no pod"),
    ],
)  # fmt: skip
def test_each_mistake_gets_its_hint(old: str, new: str, words: str) -> None:
    assert old in FILE
    with pytest.raises(Hint) as caught:
        check_gateway_objects(FILE.replace(old, new), TASK, None, [])
    assert words in str(caught.value)


@pytest.fixture
def cluster(lesson_models: Path) -> Iterator[GatewayRoom]:
    """A namespace of its own in the cluster of KUBECONFIG; AOI_TEST_PUSH brings an image to its nodes."""
    if not (push := os.environ.get("AOI_TEST_PUSH", "")):
        pytest.skip("AOI_TEST_PUSH names no command that brings an image to the nodes")
    with Cluster() as found:
        context = found.context
    room = ClusterRoom.open(context, TASK.namespace, "9", lesson_models, os.environ.get("AOI_TEST_NODE", ""))
    yield GatewayRoom(room, shlex.join(shlex.split(push)), lesson_models)
    room.remove()


@pytest.mark.cluster
@pytest.mark.timeout(1800)
def test_it_is_pushed_applied_asked_and_taken_away(
    cluster: GatewayRoom, tmp_path: Path, lesson_server: EmbeddedServer, gray_pictures: list[bytes]
) -> None:
    task = GatewayTask(TASK.user, TASK.number, TASK.port, tmp_path)
    task.lay()
    _, parts = parts_of(lesson_server.grpc, ROUTES, dict.fromkeys(ROUTES, gray_pictures))
    engine = Engine.find("test-9.5", image_name("gateway"))
    assert _built(task, engine, lesson_server.grpc, parts)
    praise = check_gateway_objects(FILE, task, cluster, parts)
    engine.ask("image", "rm", task.image)
    assert "through its Service 10 parts got the verdicts that their models give" in praise


def _built(task: GatewayTask, engine: Engine, server: str, parts: list[Part]) -> str:
    return check_gateway_image(written(task), task, engine, server, parts)
