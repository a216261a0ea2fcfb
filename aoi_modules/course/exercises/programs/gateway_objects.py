"""Exercise 9.5: a small gateway's Kubernetes file, held to rules, and where a cluster is, applied and asked."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aoi_modules.cluster.container import Container
from aoi_modules.cluster.deployment import Deployment
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.programs.gateway_image import inspected
from aoi_modules.course.exercises.programs.gateway_task import MODEL_SERVER, GatewayTask
from aoi_modules.course.exercises.programs.small_gateway import Part
from aoi_modules.course.exercises.servables.kubernetes_file import objects_of, pair_of
from aoi_modules.errors import ClusterError, CourseError
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.study.rollout.cluster_room import ClusterRoom

START = 300.0
"""Seconds for pods to be ready."""
PUSH = 300.0
"""Seconds for an image to be brought to where the nodes find it."""
_ADDRESSES = tuple(f"--model-server={form}{MODEL_SERVER}" for form in ("dns:///", ""))
_HTTP = 80


@dataclass(frozen=True)
class GatewayRoom:
    """A room in a cluster, with what a gateway needs there.

    Args:
        room: with the servables in its claim.
        push: a command that, with an image's name behind it, brings the image to where the nodes find it.
        models: folder of the servables.
    """

    room: ClusterRoom
    push: str
    models: Path

    def bring(self, image: str) -> None:
        """Brings an image of this machine to the nodes.

        Raises:
            Hint: it does not get there.
        """
        try:
            done = subprocess.run(
                [*shlex.split(self.push), image], capture_output=True, text=True, timeout=PUSH, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Hint(f"{self.push}: {error}") from None
        if done.returncode != 0:
            lines = f"{done.stdout}\n{done.stderr}".strip().splitlines()
            raise Hint(f"{self.push} {image}: {lines[-1] if lines else 'it failed'}; was 9.4 solved here?")

    def serve(self, names: list[str]) -> None:
        """Starts the model server that the gateway asks; one that is there stays.

        Raises:
            ClusterError: the cluster refuses.
            Hint: it does not get ready.
        """
        served = [ServedModel(name, self.models / name) for name in names]
        server = Deployment(MODEL_SERVER.partition(":")[0], served, replicas=1, cpus=0.1, memory="1Gi")
        self.room.apply(server.kubernetes())
        if why := self.room.wait(server.name, START):
            raise Hint(f"the model server does not get ready: {why}")


def check_gateway_objects(answer: object, task: GatewayTask, cluster: GatewayRoom | None, parts: list[Part]) -> str:
    """Reads the file, and with a cluster applies it and asks for verdicts through its Service.

    Raises:
        Hint: an object is wrong, or the cluster refuses or never gets it ready.
    """
    objects = objects_of(answer)
    pods, service = pair_of(objects)
    (described,) = pods["spec"]["template"]["spec"]["containers"]
    container = Container.of_pod(described)
    if container.image.rpartition("/")[2] != task.image:
        raise Hint(f"image: found {container.image}, expected yours, {task.image}")
    if container.program is not None:
        raise Hint(f"command: found {container.program}; the image has its ENTRYPOINT, so args are enough")
    if not set(_ADDRESSES) & set(container.arguments):
        raise Hint(f"args: found {list(container.arguments)}, expected {_ADDRESSES[0]}, which is a Service")
    _check_port(described, task)
    _check_probes(described, task)
    for one in (pods, service):
        if one["metadata"].get("name") != task.name:
            raise Hint(f"{one['kind']}: found the name {one['metadata'].get('name')}, expected yours, {task.name}")
    _check_service(service, described, task)
    if cluster is None:
        return (
            f"{pods['spec']['replicas']} gateways behind one name, and none is asked before its model server answers; "
            "the file was read and not applied, since no cluster is here"
        )
    return _asked(objects, task, cluster, parts)


def _check_port(described: dict[str, Any], task: GatewayTask) -> None:
    ports = [port.get("containerPort") for port in described.get("ports") or []]
    if task.port not in ports:
        raise Hint(f"ports: found {ports}, expected containerPort {task.port}, where the program listens")


def _check_probes(described: dict[str, Any], task: GatewayTask) -> None:
    """Wants to know before pictures come whether it can judge, and never to kill it for another's fault."""
    names = {port.get("name"): port.get("containerPort") for port in described.get("ports") or []}
    for probe, path in (("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")):
        asked = (described.get(probe) or {}).get("httpGet") or {}
        if names.get(asked.get("port"), asked.get("port")) != task.port:
            raise Hint(f"{probe}: found {described.get(probe)}, expected httpGet at your port {task.port}")
        if asked.get("path") != path:
            why = "it would be killed because the model server is away" if probe == "livenessProbe" else "see above"
            raise Hint(f"{probe}: found the path {asked.get('path')}, expected {path}; {why}")


def _check_service(service: dict[str, Any], described: dict[str, Any], task: GatewayTask) -> None:
    names = {port.get("name"): port.get("containerPort") for port in described.get("ports") or []}
    led = {port.get("port"): port.get("targetPort", port.get("port")) for port in service["spec"].get("ports") or []}
    if names.get(led.get(_HTTP), led.get(_HTTP)) != task.port:
        raise Hint(f"Service: found the ports {led}, expected {_HTTP}, led to {task.port} of the pods")


def _asked(objects: list[dict[str, Any]], task: GatewayTask, cluster: GatewayRoom, parts: list[Part]) -> str:
    """Applies the file, waits for its pods, and asks through the Service; what was applied is gone afterwards."""
    room = cluster.room
    cluster.bring(task.image)
    try:
        cluster.serve(sorted({part.model for part in parts}))
        room.apply(objects)
        if why := room.wait(task.name, START):
            raise Hint(f"the pods do not get ready: {why}")
        with room.forwarded(task.name, _HTTP) as address:
            told = inspected(f"http://{address}", parts, lambda: "")
    except (ClusterError, CourseError) as error:
        raise Hint(f"the cluster says: {error.message}") from None
    finally:
        room.take_away(objects)
    return f"{room.told} runs your gateway, and through its Service {told}"
