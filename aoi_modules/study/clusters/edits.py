"""`kubectl edit` of a pod, a StorageClass and a Service: what a cluster takes, and what it refuses, field by field."""

import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from aoi_modules.cluster.deployment import to_yaml
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.heard import Heard
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.pages import IMAGE, LISTENS, NAME
from aoi_modules.study.clusters.room import LABEL, Room

Object = dict[str, Any]
PROVISIONER = "example.com/shelf"
"""Of the StorageClass; nobody of that name makes storage, so no claim can be met by mistake."""
KINDS = ("Pod", "StorageClass", "Service")


@dataclass(frozen=True)
class Edit:
    """A change that somebody tries.

    Args:
        name: of the change.
        kind: of the object.
        field: that changes.
        old: a part of a line of the object's YAML.
        new: what somebody types in its place.
    """

    name: str
    kind: str
    field: str
    old: str
    new: str


EDITS: Sequence[Edit] = (
    Edit("image of the pod", "Pod", "spec.containers[0].image", f"image: {IMAGE}", "image: python:3.13-slim"),
    Edit("label of the pod", "Pod", "metadata.labels.line", 'line: "7"', 'line: "8"'),
    Edit("port of the pod", "Pod", "spec.containers[0].ports[0].containerPort", f"containerPort: {LISTENS}",
         "containerPort: 9000"),
    Edit("memory of the pod", "Pod", "spec.containers[0].resources.limits.memory", "memory: 64Mi", "memory: 96Mi"),
    Edit("variable of the pod", "Pod", "spec.containers[0].env[0].value", "value: dark", "value: bright"),
    Edit("growth of the class", "StorageClass", "allowVolumeExpansion", "allowVolumeExpansion: false",
         "allowVolumeExpansion: true"),
    Edit("reclaim policy of the class", "StorageClass", "reclaimPolicy", "reclaimPolicy: Retain",
         "reclaimPolicy: Delete"),
    Edit("provisioner of the class", "StorageClass", "provisioner", f"provisioner: {PROVISIONER}",
         "provisioner: example.com/drawer"),
    Edit("port of the Service", "Service", "spec.ports[0].port", "port: 80", "port: 8080"),
    Edit("selector of the Service", "Service", "spec.selector.app", f"app: {NAME}", "app: other"),
    Edit("type of the Service", "Service", "spec.type", "type: ClusterIP", "type: NodePort"),
    Edit("address of the Service", "Service", "spec.clusterIP", "clusterIP: 10.", "clusterIP: 11."),
)  # fmt: skip
"""What is tried; whether it is refused, the cluster says."""


def objects(namespace: str, storage_class: str) -> list[Object]:
    """A pod, a StorageClass and a Service to be edited."""
    meta = {"name": NAME, "namespace": namespace, "labels": {"app": NAME, "line": "7"}}
    container = {
        "name": NAME,
        "image": IMAGE,
        "command": ["python", "-m", "http.server", str(LISTENS)],
        "env": [{"name": "LOOK", "value": "dark"}],
        "ports": [{"name": "http", "containerPort": LISTENS}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    pod = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
    }
    name, _, value = LABEL.partition("=")
    return [
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod},
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": storage_class, "labels": {name: value}},
            "provisioner": PROVISIONER,
            "reclaimPolicy": "Retain",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": False,
        },
        service(namespace, 80),
    ]


def service(namespace: str, port: int) -> Object:
    """The Service, as its file in git has it."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": {"type": "ClusterIP", "selector": {"app": NAME}, "ports": [{"port": port, "targetPort": LISTENS}]},
    }


def words_of(kind: str, namespace: str, storage_class: str) -> list[str]:
    """What stands behind `kubectl edit` or `kubectl get` for an object of the three."""
    if kind == "StorageClass":
        return ["storageclass", storage_class]
    return [kind.lower(), NAME, f"--namespace={namespace}"]


def lay(room: Room, storage_class: str, kinds: Sequence[str] = KINDS) -> Mapping[str, str]:
    """Makes the three objects in a cluster, anew where they are; gives each as the cluster has it, as YAML by its kind.

    Args:
        room: their namespace.
        storage_class: name of the StorageClass.
        kinds: to make, of the three.

    Raises:
        CourseError: the cluster refuses.
    """
    made = [one for one in objects(room.name, storage_class) if one["kind"] in kinds]
    room.kubectl.wanted("replace", "--force", "--filename=-", given=to_yaml(made))
    return read(room, storage_class)


def read(room: Room, storage_class: str) -> Mapping[str, str]:
    """The three objects as the cluster has them now."""
    return {
        kind: room.kubectl.wanted("get", *words_of(kind, room.name, storage_class), "--output=yaml") for kind in KINDS
    }


def remove(kubectl: Kubectl, storage_class: str) -> None:
    """Takes the StorageClass away; the others go with their namespace."""
    kubectl.ask("delete", "storageclass", storage_class, "--ignore-not-found")


def tried(room: Room, storage_class: str, edit: Edit) -> Heard:
    """Tries one change by `kubectl edit`, with an editor that changes the line; gives what the cluster says.

    Raises:
        CourseError: the object has no such line.
    """
    words = ["edit", *words_of(edit.kind, room.name, storage_class)]
    if edit.old not in room.kubectl.wanted("get", *words[1:], "--output=yaml"):
        raise CourseError(f"{edit.name}: the object has no line with {edit.old!r}")
    with tempfile.TemporaryDirectory() as folder:
        # a refused change is opened again, with the reason in comments
        comments = Path(folder, "comments")
        change, keep = shlex.quote(f"s|{edit.old}|{edit.new}|"), shlex.quote(f"/^# /w {comments}")
        done = room.kubectl.ask(*words, editor=f"sed -i -e {change} -e {keep}")
        reason = _reason(comments.read_text() if comments.is_file() else "")
    heard = Heard.of(words, done)
    return msgspec.structs.replace(heard, said=f"{reason}\n{heard.said}") if reason else heard


def _reason(comments: str) -> str:
    """What the comments of a refused change say, in one line."""
    _, _, reason = comments.partition("was not valid:")
    return " ".join(line.removeprefix("#").strip() for line in reason.splitlines()).strip(" *")
