"""How a cluster learns how a pod does."""

from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Object, pods

PROBES = {
    "startupProbe": "a slow first load looks like a hang, and the pod is killed",
    "readinessProbe": "requests come before the models are loaded",
    "livenessProbe": "a server that hangs stays for ever",
}


def has_probes(objects: Sequence[Object]) -> Iterator[str]:
    """Three probes answer three questions: has it started, may it be asked, does it live."""
    for pod in pods(objects):
        for container in pod.servers if pod.lasting else []:
            for probe, danger in PROBES.items():
                if probe not in container:
                    yield f"{pod.part(container)}: no {probe}: {danger}"


def asks_different_things(objects: Sequence[Object]) -> Iterator[str]:
    """A liveness probe that asks more than whether the process lives restarts it when somebody else is away."""
    for pod in pods(objects):
        for container in pod.servers if pod.lasting else []:
            alive = container.get("livenessProbe", {})
            path = alive.get("httpGet", {}).get("path", "")
            if path.endswith(("readyz", "ready")):
                yield f"{pod.part(container)}: livenessProbe asks {path}: it would restart when its models are away"
            if "exec" in alive:
                yield f"{pod.part(container)}: livenessProbe starts a program: on a busy node that takes too long"


def asks_known_ports(objects: Sequence[Object]) -> Iterator[str]:
    """A probe of a port that nobody listens on never succeeds."""
    for pod in pods(objects):
        for container in pod.all_containers:
            ports = list(container.get("ports", []))
            known = {value for port in ports for value in (port.get("name"), port.get("containerPort"))}
            for probe in PROBES:
                for way in ("httpGet", "tcpSocket", "grpc"):
                    asked = container.get(probe, {}).get(way, {}).get("port")
                    if asked is not None and asked not in known:
                        yield f"{pod.part(container)}: {probe} asks port {asked!r}, which is none of its ports"
