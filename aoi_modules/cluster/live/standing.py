"""How what was applied does: for each object whether it is ready, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.reasons import is_ready, newest_message, why_not_ready
from aoi_modules.cluster.policies.pods import name_of, namespace_of

Object = dict[str, Any]
WATCHED = ("Deployment", "StatefulSet", "DaemonSet", "Job", "HorizontalPodAutoscaler", "Gateway", "ExternalSecret")
LOG_LINES = 5


@dataclass(frozen=True)
class Standing:
    """How one object does.

    Args:
        namespace: of it.
        name: kind and name.
        ready: whether it does what it is for.
        count: of its pods, ready of wanted; empty for what has none.
        why: it is not ready; empty if it is.
        lost: whether it will not become ready by itself.
    """

    namespace: str
    name: str
    ready: bool
    count: str = ""
    why: str = ""
    lost: bool = False


def standings(cluster: Cluster, objects: Sequence[Object]) -> list[Standing]:
    """Looks at each object that can be ready or not.

    Raises:
        ClusterError: the cluster does not answer, or does not allow it.
    """
    watched = [one for one in objects if one["kind"] in WATCHED]
    rooms = {namespace_of(one) for one in watched}
    pods = {room: cluster.listed("v1", "Pod", room) for room in sorted(rooms)}
    events = {room: cluster.listed("v1", "Event", room) for room in sorted(rooms)}
    return [_standing(cluster, one, pods[namespace_of(one)], events[namespace_of(one)]) for one in watched]


def _standing(cluster: Cluster, written: Object, pods: Sequence[Object], events: Sequence[Object]) -> Standing:
    room, name = namespace_of(written), name_of(written)
    found = cluster.found(written)
    if found is None:
        return Standing(room, name, False, why="it is not there", lost=True)
    if written["kind"] == "Job":
        return _job(cluster, found, room, name, pods, events)
    if written["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
        return _workload(cluster, found, room, name, pods, events)
    return _by_condition(found, room, name)


def _workload(
    cluster: Cluster, found: Object, room: str, name: str, pods: Sequence[Object], events: Sequence[Object]
) -> Standing:
    spec, status = found["spec"], found.get("status", {})
    wanted = status.get("desiredNumberScheduled", spec.get("replicas", 1))
    own = [one for one in pods if _matches(spec["selector"].get("matchLabels", {}), one)]
    ready = sum(map(is_ready, own))
    count = f"{min(ready, wanted)}/{wanted}"
    seen = status.get("observedGeneration", 0) >= found["metadata"].get("generation", 0)
    updated = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0))
    if seen and status.get("readyReplicas", status.get("numberReady", 0)) >= wanted and updated >= wanted == len(own):
        return Standing(room, name, True, count)
    for pod in [one for one in own if not is_ready(one)]:
        if why := _why(cluster, pod, events):
            return Standing(room, name, False, count, f"{pod['metadata']['name']}: {why}")
    why = newest_message([one for one in events if _is_about(one, found) or _is_about_its_set(one, found)])
    if len(own) < wanted and why:
        return Standing(room, name, False, count, why)
    changing = "its pods are being changed" if seen and ready >= wanted else "its pods start"
    return Standing(room, name, False, count, changing)


def _job(
    cluster: Cluster, found: Object, room: str, name: str, pods: Sequence[Object], events: Sequence[Object]
) -> Standing:
    conditions = {one["type"]: one for one in found.get("status", {}).get("conditions", []) if one["status"] == "True"}
    if "Complete" in conditions:
        return Standing(room, name, True, "done")
    own = [one for one in pods if one["metadata"].get("labels", {}).get("job-name") == found["metadata"]["name"]]
    whys = [f"{pod['metadata']['name']}: {why}" for pod in own if (why := _why(cluster, pod, events))]
    if "Failed" in conditions:
        said = whys[-1] if whys else conditions["Failed"].get("message", "")
        return Standing(room, name, False, "failed", said, lost=True)
    why = whys[-1] if whys else newest_message([one for one in events if _is_about(one, found)]) or "it runs"
    return Standing(room, name, False, "runs", why)


def _by_condition(found: Object, room: str, name: str) -> Standing:
    """What tells by a condition how it does."""
    wanted = {"HorizontalPodAutoscaler": "ScalingActive", "Gateway": "Programmed"}.get(found["kind"], "Ready")
    conditions = {one["type"]: one for one in found.get("status", {}).get("conditions", [])}
    one = conditions.get(wanted)
    if one is None:
        return Standing(room, name, False, why="nobody has looked at it yet; is its controller there?")
    ready = one["status"] == "True"
    return Standing(room, name, ready, why="" if ready else f"{one.get('reason')}: {one.get('message', '')}"[:300])


def _why(cluster: Cluster, pod: Object, events: Sequence[Object]) -> str:
    meta = pod["metadata"]

    def log(container: str, previous: bool) -> list[str]:
        return cluster.log(meta["namespace"], meta["name"], container, lines=LOG_LINES, previous=previous)

    return why_not_ready(pod, [one for one in events if _is_about(one, pod)], log)


def _matches(labels: Mapping[str, str], pod: Object) -> bool:
    return bool(labels) and labels.items() <= pod["metadata"].get("labels", {}).items()


def _is_about(event: Object, one: Object) -> bool:
    return bool(event.get("involvedObject", {}).get("uid") == one["metadata"]["uid"])


def _is_about_its_set(event: Object, deployment: Object) -> bool:
    """A Deployment's pods are refused where its ReplicaSet asks for them."""
    about = event.get("involvedObject", {})
    return bool(
        about.get("kind") == "ReplicaSet" and about.get("name", "").rpartition("-")[0] == deployment["metadata"]["name"]
    )
