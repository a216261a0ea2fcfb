"""A small line for tests: a namespace, a setting, a store, a Job, and what stands on them."""

import copy
from typing import Any

from tests.cluster.live.api import Api

Object = dict[str, Any]


def pod(priority: str = "aoi-line", **spec: Any) -> Object:
    return {"metadata": {"labels": {"app": "x"}}, "spec": {"priorityClassName": priority, "containers": [], **spec}}


def workload(kind: str, name: str, priority: str = "aoi-line", **spec: Any) -> Object:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"priorityClassName": priority, "containers": [], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "aoi"},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


def job(name: str, word: str = "migrate") -> Object:
    template = {"spec": {"containers": [{"name": "job", "args": [word]}]}}
    meta = {"name": name, "namespace": "aoi"}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {"template": template}}


def config(name: str, **data: str) -> Object:
    meta = {"name": name, "namespace": "aoi"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


ROOM: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "aoi"}}


def line() -> list[Object]:
    """In an order in which nobody would apply it."""
    return [
        workload("Deployment", "server"),
        job("migrations"),
        workload("StatefulSet", "store", "aoi-data"),
        config("routes", text="a"),
        copy.deepcopy(ROOM),
    ]


def ready_at_once(api: Api) -> None:
    """Controllers that make everything ready as soon as it is applied."""

    def act(one: Object) -> None:
        if one["kind"] == "Job":
            one["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
        if one["kind"] in ("Deployment", "StatefulSet"):
            count, generation = one["spec"]["replicas"], one["metadata"]["generation"]
            one["status"] = {"readyReplicas": count, "updatedReplicas": count, "observedGeneration": generation}
            api.put(running(one["metadata"]["name"]))

    api.applied = act


def running(name: str, ready: bool = True, **status: Any) -> Object:
    """A pod of a workload."""
    conditions = [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": str(ready)}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"{name}-0", "namespace": "aoi", "labels": {"app": name}, "uid": f"pod-{name}"},
        "status": {"phase": "Running", "conditions": conditions, **status},
    }


def event(uid: str, reason: str, message: str, kind: str = "Warning", when: str = "2026-01-01T00:00:00Z") -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{uid}-{reason}-{when}", "namespace": "aoi"},
        "involvedObject": {"uid": uid},
        "reason": reason,
        "message": message,
        "type": kind,
        "lastTimestamp": when,
    }
