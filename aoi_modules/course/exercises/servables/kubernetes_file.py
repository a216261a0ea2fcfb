"""Exercise 7.2: a Kubernetes file of a model server, held to rules, and where a cluster is, applied and asked."""

from pathlib import Path
from typing import Any

import yaml
from kubernetes.utils.quantity import parse_quantity

from aoi_modules.cluster.container import Container
from aoi_modules.cluster.object_rules import RULES
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.servables.docker_line import BLANK
from aoi_modules.course.exercises.servables.predictions import ask_both, golden_of
from aoi_modules.course.exercises.servables.served_model import (
    GRPC_PORT,
    REST_PORT,
    check_flags,
    check_image,
    check_place,
)
from aoi_modules.course.exercises.servables.tasks import MODEL, Task
from aoi_modules.errors import ClusterError, CourseError
from aoi_modules.study.rollout.cluster_room import CLAIM, ClusterRoom, Object

CPU = "200m"
"""What each pod is promised."""
START = 300.0
"""Seconds for both pods to be ready."""
ANSWER = 60.0
"""Seconds for a server that is ready to answer."""


def check_kubernetes_file(answer: object, task: Task, room: ClusterRoom | None, models: Path) -> str:
    """Reads the file, and with a cluster applies it and asks through the Service by both protocols.

    Args:
        answer: of the reader.
        task: of this trainee.
        room: in a cluster, with the servables in its claim; None: the file is read alone.
        models: the folder of the servables.

    Raises:
        Hint: an object is wrong, or the cluster refuses or never gets it ready.
    """
    objects = objects_of(answer)
    pods, service = pair_of(objects)
    (described,) = pods["spec"]["template"]["spec"]["containers"]
    container = Container.of_pod(described)
    check_image(container)
    mount, rest = check_place(container, check_flags(container, MODEL))
    if str(rest) != MODEL:
        raise Hint(
            f"--model_base_path: the claim {mount.source} holds a folder for each component and is seen as "
            f"{mount.target}, so the versions of {MODEL} lie in {mount.target / MODEL}"
        )
    _check_claim(pods)
    _check_probe(described["readinessProbe"], task)
    _check_resources(described["resources"], task)
    for one in (pods, service):
        if one["metadata"].get("name") != task.name:
            raise Hint(f"{one['kind']}: found the name {one['metadata'].get('name')}, expected yours, {task.name}")
    _check_ports(service["spec"].get("ports") or [], described.get("ports") or [])
    if room is None:
        return (
            f"{pods['spec']['replicas']} pods of {MODEL}, one address for all of them, and none is asked before it is "
            "ready; the file was read and not applied, since no cluster is here"
        )
    return _asked(objects, pods, task, room, models)


def pair_of(objects: list[Object]) -> tuple[Object, Object]:
    """The Deployment and the Service, when they keep to the rules.

    Raises:
        Hint: there are others, or a rule is broken.
    """
    kinds = sorted(str(one.get("kind")) for one in objects)
    if kinds != ["Deployment", "Service"]:
        raise Hint(f"found the objects {', '.join(kinds)}, expected a Deployment and a Service, parted by a line ---")
    for one in objects:
        for part in ("apiVersion", "metadata", "spec"):
            if not one.get(part):
                raise Hint(f"{one['kind']}: found no {part}")
    for rule in RULES:
        for problem in rule(objects):
            raise Hint(problem)
    pods, service = (next(one for one in objects if one["kind"] == kind) for kind in ("Deployment", "Service"))
    return pods, service


def _check_claim(pods: Object) -> None:
    volumes = pods["spec"]["template"]["spec"].get("volumes") or []
    claims = [(one.get("persistentVolumeClaim") or {}).get("claimName") for one in volumes]
    if CLAIM not in claims:
        raise Hint(f"volumes: found the claims {claims}, expected {CLAIM}, which holds the servables")


def _asked(objects: list[Object], pods: Object, task: Task, room: ClusterRoom, models: Path) -> str:
    """Applies the file, waits for its pods, and asks through the Service; what was applied is gone afterwards."""
    try:
        room.apply(objects)
        if why := room.wait(task.name, START):
            raise Hint(f"the pods do not get ready: {why}")
        with room.forwarded(task.name, GRPC_PORT) as grpc, room.forwarded(task.name, REST_PORT) as rest:
            told = ask_both(grpc, f"http://{rest}", MODEL, golden_of(models / MODEL), seconds=ANSWER)
    except (ClusterError, CourseError) as error:
        raise Hint(f"the cluster says: {error.message}") from None
    finally:
        room.take_away(objects)
    return f"{room.told} runs {pods['spec']['replicas']} pods, and the Service leads to them; {told}"


def objects_of(answer: object) -> list[Object]:
    """The objects of a file, as YAML reads it.

    Raises:
        Hint: it is none, or a part of it is still open.
    """
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the file as text")
    for at, line in enumerate(answer.splitlines(), 1):
        if BLANK in line.partition("#")[0]:
            raise Hint(f"line {at}: {line.strip()!r} is still open")
    try:
        objects = [one for one in yaml.safe_load_all(answer) if one is not None]
    except yaml.YAMLError as error:
        raise Hint(f"this is no YAML: {' '.join(str(error).split())}") from None
    if not objects or not all(isinstance(one, dict) for one in objects):
        raise Hint(f"found {kind(objects)}, expected objects with apiVersion, kind, metadata and spec")
    return objects


def _check_resources(resources: dict[str, Any], task: Task) -> None:
    """Wants the amounts that were asked for, in whatever unit they are written."""
    wanted = {("requests", "cpu"): CPU, ("requests", "memory"): task.memory, ("limits", "memory"): task.memory}
    for (side, name), asked in wanted.items():
        found = str(resources[side][name])
        try:
            right = parse_quantity(found) == parse_quantity(asked)
        except ValueError:
            raise Hint(f"resources.{side}.{name}: found {found}, which is no amount; expected {asked}") from None
        if not right:
            raise Hint(f"resources.{side}.{name}: found {found}, expected {asked}")


def _check_probe(probe: dict[str, Any], task: Task) -> None:
    """Asks for a probe that the server itself answers, not its open port alone, and often enough."""
    by_grpc, by_rest = probe.get("grpc"), probe.get("httpGet")
    every = probe.get("periodSeconds", "none, so Kubernetes asks every 10")
    if every != task.period:
        raise Hint(f"readinessProbe: periodSeconds: found {every}, expected {task.period}")
    if by_grpc and by_grpc.get("port") == GRPC_PORT:
        return
    if by_rest and by_rest.get("port") in (REST_PORT, "http-rest") and MODEL in str(by_rest.get("path")):
        return
    asked = ", ".join(name for name in ("grpc", "httpGet", "tcpSocket", "exec") if name in probe) or "nothing"
    raise Hint(f"readinessProbe: found {asked}; let it ask the server itself: grpc with port {GRPC_PORT}")


def _check_ports(ports: list[dict[str, Any]], of_container: list[dict[str, Any]]) -> None:
    """Wants both protocols at the Service, each led to the port on which the server answers it."""
    names = {port.get("name"): port.get("containerPort") for port in of_container}
    led = {port.get("port"): port.get("targetPort", port.get("port")) for port in ports}
    for wanted in (GRPC_PORT, REST_PORT):
        if wanted not in led:
            raise Hint(f"Service: found the ports {list(led)}, expected {GRPC_PORT} for gRPC and {REST_PORT} for REST")
        target = names.get(led[wanted], led[wanted])
        if target != wanted:
            raise Hint(f"Service: port {wanted} leads to {target} of the pods, where the server does not answer it")
