"""What is tried on a cluster for readers who have none: faults, refusals, edits, an older client."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from aoi_modules.cluster.deployment import to_yaml
from aoi_modules.study.clusters import edits, pages
from aoi_modules.study.clusters.heard import Heard
from aoi_modules.study.clusters.kubectl import ask
from aoi_modules.study.clusters.pages import NAME, PORT, Fault
from aoi_modules.study.clusters.room import Room

PATIENCE = 240.0
"""Seconds in which what has to show has to show."""
RESIZE = '{"spec": {"containers": [{"name": "pages", "resources": {"limits": {"memory": "96Mi"}}}]}}'
SHOWS = {
    "image": "ImagePullBackOff",
    "processors": "FailedScheduling",
    "claim": "FailedScheduling",
    "settings": "not found",
    "module": "CrashLoopBackOff",
    "folder": "CrashLoopBackOff",
    "probe": "Unhealthy",
    "loopback": "Unhealthy",
}
"""A word by which each fault is known in pods and events; without one the pod has to become ready."""


def right(room: Room) -> list[Heard]:
    """The pages as they should be, from file to answer."""
    room.apply(to_yaml(pages.objects(room.name)))
    room.wait(NAME)
    return [
        hear(room, "get", "deployments,pods,services"),
        hear(room, "get", "endpointslices", f"--selector=kubernetes.io/service-name={NAME}"),
        hear(room, "logs", f"deployment/{NAME}", "--tail=3"),
        page(room),
    ]


def faulty(room: Room, fault: Fault) -> list[Heard]:
    """A file with a fault, and what get, describe, logs and the Service say of it."""
    room.apply(pages.broken(fault, room.name))
    heard = [_settled(room, fault.name), hear(room, "describe", "pods", f"--selector=app={NAME}")]
    heard.append(hear(room, "logs", f"deployment/{NAME}", "--tail=8"))
    heard.append(hear(room, "get", "endpointslices", f"--selector=kubernetes.io/service-name={NAME}"))
    heard.append(page(room))
    return heard


def quota(room: Room) -> list[Heard]:
    """A room with place for two pods of three."""
    hard = {"requests.cpu": "500m", "requests.memory": "150Mi", "limits.memory": "300Mi"}
    room.apply(_quota(room.name, hard))
    objects = pages.objects(room.name)
    objects[3]["spec"]["replicas"] = 3
    room.apply(to_yaml(objects))
    _await(room, f"deployment/{NAME}", "condition=ReplicaFailure")
    _await(room, f"deployment/{NAME}", "jsonpath={.status.readyReplicas}=2")
    heard = [
        hear(room, "get", "deployments,pods"),
        hear(room, "get", "events", "--field-selector=reason=FailedCreate", "--output=jsonpath={.items[0].message}"),
        hear(room, "get", "resourcequota", "trainees"),
    ]
    without = pages.objects(room.name)[3]
    without["metadata"]["name"] = "no-figures"
    del without["spec"]["template"]["spec"]["containers"][0]["resources"]
    room.apply(to_yaml([without]))
    _await(room, "deployment/no-figures", "condition=ReplicaFailure")
    said = '--output=jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}'
    heard.append(hear(room, "get", "deployment", "no-figures", said))
    return heard


def edited(room: Room, storage_class: str) -> tuple[dict[str, str], dict[str, Heard]]:
    """The three objects as the cluster has them, and what it says to each change of them."""
    edits.lay(room, storage_class)
    _await(room, f"pod/{NAME}", "condition=Ready")
    live = dict(edits.read(room, storage_class))
    heard = {}
    for one in edits.EDITS:
        edits.lay(room, storage_class, [one.kind])
        heard[one.name] = edits.tried(room, storage_class, one)
    return live, heard


def older(room: Room, program: Path) -> list[Heard]:
    """An older client and this one, asked for more memory for a pod that runs; that of `edited` has to be there."""
    words = ["patch", "pod", NAME, f"--namespace={room.name}", "--subresource=resize", f"--patch={RESIZE}"]
    heard = []
    for name, path in (("kubectl-older", program), ("kubectl", room.kubectl.program)):
        kubectl = replace(room.kubectl, program=path)
        heard.append(Heard.of(["version", "--client"], ask(path, "version", "--client"), name))
        heard.append(Heard.of(words, kubectl.ask(*words), name))
    said = "--output=jsonpath={.status.containerStatuses[0].resources.limits.memory}"
    _until(lambda: room.ask("get", "pod", NAME, said).stdout == "96Mi")
    heard.append(hear(room, "get", "pod", NAME, said))
    heard.append(hear(room, "get", "pod", NAME))
    return heard


def external(room: Room) -> list[Heard]:
    """A Service with externalIPs, which are on their way out."""
    one = edits.service(room.name, 80)
    one["spec"]["externalIPs"] = ["192.0.2.7"]
    one["metadata"]["name"] = "outside"
    return [hear(room, "apply", "--filename=-", given=to_yaml([one])), hear(room, "get", "service", "outside")]


def one_port(room: Room, node: str) -> list[Heard]:
    """Two programs that both want a port of the same server, as the old set-up had them."""
    made = [_on_port(room.name, name, node) for name in ("tensorflow-serving", "store-console")]
    room.apply(to_yaml(made[:1]))
    room.wait("tensorflow-serving")
    room.apply(to_yaml(made[1:]))
    _until(lambda: "FailedScheduling" in _events(room))
    said = '--output=jsonpath={.status.conditions[?(@.type=="PodScheduled")].message}'
    return [
        hear(room, "get", "pods"),
        hear(room, "get", "pods", "--selector=app=store-console", said.replace("{.", "{.items[0].")),
    ]


def page(room: Room) -> Heard:
    """The page, as it comes through the Service by way of the API server."""
    return hear(room, "get", "--raw", f"/api/v1/namespaces/{room.name}/services/{NAME}:{PORT}/proxy/index.html")


def hear(room: Room, *words: str, given: str | None = None) -> Heard:
    """What kubectl says about the room."""
    return Heard.of([*words, f"--namespace={room.name}"], room.ask(*words, given=given))


def _settled(room: Room, name: str) -> Heard:
    """The pods, once a fault shows in them or in their events; some faults never do."""
    word = SHOWS.get(name)
    if word is None:
        room.wait(NAME, 30)
    end = time.monotonic() + PATIENCE
    while True:
        heard = hear(room, "get", "pods")
        if word is None or word in heard.said or word in _events(room) or time.monotonic() > end:
            return heard
        time.sleep(0.3)


def _await(room: Room, what: str, condition: str) -> None:
    """Waits until an object is as it has to be; what it is then is heard in any case."""
    room.ask("wait", what, f"--for={condition}", f"--timeout={PATIENCE:g}s", seconds=PATIENCE + 30)


def _events(room: Room) -> str:
    return room.ask("get", "events").stdout


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(1)


def _quota(namespace: str, hard: dict[str, str]) -> str:
    meta = {"name": "trainees", "namespace": namespace}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": hard}})


def _on_port(namespace: str, name: str, node: str) -> dict[str, Any]:
    labels = {"app": name}
    container = {
        "name": name,
        "image": pages.IMAGE,
        "command": ["python", "-m", "http.server", "9000"],
        "ports": [{"containerPort": 9000, "hostPort": 9000}],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
    }
    pod: dict[str, Sequence[object] | object] = {
        "nodeSelector": {"kubernetes.io/hostname": node},
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }
