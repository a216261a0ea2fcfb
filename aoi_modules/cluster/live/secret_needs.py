"""Which Secrets the pods of an overlay name, and which of them a cluster lacks."""

from collections.abc import Sequence
from typing import Any

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.policies.pods import namespace_of, of_kind, pods

Object = dict[str, Any]


def needed_secrets(objects: Sequence[Object]) -> list[tuple[str, str]]:
    """Namespace and name of each Secret that a pod names, without those that an ExternalSecret brings; sorted."""
    brought = {
        (namespace_of(one), one["spec"].get("target", {}).get("name", one["metadata"]["name"]))
        for one in of_kind(objects, "ExternalSecret")
    }
    found = {(pod.namespace, name) for pod in pods(objects) for name in pod.secrets}
    return sorted(found - brought)


def missing_secrets(cluster: Cluster, objects: Sequence[Object]) -> list[str]:
    """`NAMESPACE/NAME` of each Secret that is needed and not there."""
    return [
        f"{room}/{name}" for room, name in needed_secrets(objects) if cluster.get("v1", "Secret", name, room) is None
    ]
