"""A small program for a cluster, pages of pictures behind a Service, and ten ways in which its file can be wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aoi_modules.cluster.deployment import to_yaml

Object = dict[str, Any]
IMAGE = "python:3.12-slim"
LISTENS = 8000
"""The port on which the program listens."""
NAME = "pages"
PORT = 80
"""Of the Service."""


def objects(namespace: str, greeting: str = "pictures of the line") -> list[Object]:
    """ConfigMap, claim, Deployment and Service, all in order."""
    labels = {"app": NAME}

    def head(api: str, kind: str, name: str = NAME) -> Object:
        return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}}

    container = {
        "name": NAME,
        "image": IMAGE,
        "command": ["python", "-m", "http.server", str(LISTENS), "--directory", "/pages"],
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "ports": [{"name": "http", "containerPort": LISTENS}],
        "readinessProbe": {"httpGet": {"path": "/index.html", "port": "http"}, "periodSeconds": 2},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "pages", "mountPath": "/pages"}, {"name": "drawings", "mountPath": "/drawings"}],
    }
    pod = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
        "volumes": [
            {"name": "pages", "configMap": {"name": NAME}},
            {"name": "drawings", "persistentVolumeClaim": {"claimName": "drawings"}},
        ],
    }
    return [
        {**head("v1", "ConfigMap"), "data": {"index.html": f"{greeting}\n"}},
        {**head("v1", "ConfigMap", "settings"), "data": {"LINE": "7"}},
        {
            **head("v1", "PersistentVolumeClaim", "drawings"),
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Mi"}}},
        },
        {
            **head("apps/v1", "Deployment"),
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        },
        {
            **head("v1", "Service"),
            "spec": {"selector": labels, "ports": [{"port": PORT, "targetPort": LISTENS}]},
        },
    ]


@dataclass(frozen=True)
class Fault:
    """A mistake in the file, and where it shows.

    Args:
        name: of the fault.
        seen: what somebody says who looks at the line, not at the cluster.
        shows: the word of kubectl that shows it: get, describe, logs or endpoints.
        spoil: makes the mistake in the objects.
    """

    name: str
    seen: str
    shows: str
    spoil: Callable[[Mapping[str, Object]], object]


def broken(fault: Fault, namespace: str, greeting: str = "pictures of the line") -> str:
    """The file with one fault."""
    made = objects(namespace, greeting)
    fault.spoil({f"{one['kind']} {one['metadata']['name']}": one for one in made})
    return to_yaml(made)


def pod_of(named: Mapping[str, Object]) -> Object:
    """The pod that the Deployment describes."""
    found: Object = named[f"Deployment {NAME}"]["spec"]["template"]["spec"]
    return found


def container_of(named: Mapping[str, Object]) -> Object:
    """Its container."""
    found: Object = pod_of(named)["containers"][0]
    return found


def _service(named: Mapping[str, Object]) -> Object:
    found: Object = named[f"Service {NAME}"]["spec"]
    return found


FAULTS: Mapping[str, Fault] = {
    one.name: one
    for one in (
        Fault(
            "image", "nothing runs, since the new version", "describe",
            lambda named: container_of(named).update(image="python:3.12-slmi"),
        ),
        Fault(
            "processors", "nothing runs; no program has even begun", "describe",
            lambda named: container_of(named)["resources"]["requests"].update(cpu="64"),
        ),
        Fault(
            "claim", "nothing runs; no node has been chosen", "describe",
            lambda named: pod_of(named)["volumes"][1]["persistentVolumeClaim"].update(claimName="drawing"),
        ),
        Fault(
            "settings", "the image is there, and the program does not begin", "describe",
            lambda named: container_of(named)["envFrom"][0]["configMapRef"].update(name="setings"),
        ),
        Fault(
            "module", "it begins, ends, begins, ends", "logs",
            lambda named: container_of(named).update(
                command=["python", "-m", "http.servr", str(LISTENS), "--directory", "/pages"]
            ),
        ),
        Fault(
            "folder", "it begins, ends, begins, ends", "logs",
            lambda named: container_of(named).update(
                command=["python", "-m", "http.server", str(LISTENS), "--folder", "/pages"]
            ),
        ),
        Fault(
            "selector", "all is Running and Ready, and the browser waits in vain", "endpoints",
            lambda named: _service(named).update(selector={"app": "page"}),
        ),
        Fault(
            "port", "all is Running and Ready, and the browser says: refused", "endpoints",
            lambda named: _service(named)["ports"][0].update(targetPort=8080),
        ),
        Fault(
            "probe", "it is Running for an hour and never Ready", "describe",
            lambda named: container_of(named)["readinessProbe"]["httpGet"].update(path="/indx.html"),
        ),
        Fault(
            "loopback", "it is Running for an hour and never Ready", "describe",
            lambda named: container_of(named)["command"].extend(["--bind", "127.0.0.1"]),
        ),
    )
}  # fmt: skip
"""All faults, by their names."""
GROUPS: Sequence[Sequence[str]] = (
    ("image", "processors", "claim", "settings"),
    ("module", "folder"),
    ("selector", "port", "probe", "loopback"),
)
"""One of each group makes a trainee's exercise: what events say, what a log says, and what nothing says aloud."""
