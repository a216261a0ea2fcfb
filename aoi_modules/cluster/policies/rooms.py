"""Namespaces and labels: where an object belongs, and to whom."""

from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Object, name_of, namespace_of, of_kind, pods

WITHOUT_NAMESPACE = ("Namespace", "PriorityClass", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition")
LABELS = tuple(f"app.kubernetes.io/{name}" for name in ("part-of", "managed-by"))
OF_APPS = tuple(f"app.kubernetes.io/{name}" for name in ("name", "component"))
"""What objects of an app have, too."""
NODES = "nodes"
"""The one room whose pods may see folders of their node."""
AGENTS = frozenset(f"DaemonSet {name}" for name in ("alloy", "promtail", "vlagent"))
"""What reads the log files of a node, which belong to root."""
EXPORTER = "DaemonSet node-exporter"
_SHARED = (*WITHOUT_NAMESPACE, "ResourceQuota", "LimitRange")


def says_its_room(objects: Sequence[Object]) -> Iterator[str]:
    """An object without a namespace lands wherever somebody happens to be."""
    rooms = {one["metadata"]["name"] for one in of_kind(objects, "Namespace")}
    for one in objects:
        if one.get("kind") not in WITHOUT_NAMESPACE and namespace_of(one) not in rooms:
            yield f"{name_of(one)}: namespace {namespace_of(one)!r}: expected one of {', '.join(sorted(rooms))}"


def is_restricted(objects: Sequence[Object]) -> Iterator[str]:
    """The API itself refuses pods that may become root or see the machine."""
    for one in of_kind(objects, "Namespace"):
        labels = one["metadata"].get("labels", {})
        if one["metadata"]["name"] == NODES:
            yield from _strangers(objects)
        elif labels.get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{name_of(one)}: no label pod-security.kubernetes.io/enforce: restricted"


def _strangers(objects: Sequence[Object]) -> Iterator[str]:
    """Where the API lets everything in, nothing else may stand."""
    for pod in pods(objects):
        if pod.namespace == NODES and pod.name not in {EXPORTER, *AGENTS}:
            yield (
                f"{pod.name}: in Namespace {NODES}, whose Pod Security is not restricted: only the node exporter and"
                " agents of logs may"
            )


def has_labels(objects: Sequence[Object]) -> Iterator[str]:
    """Labels say what an object is, which it belongs to, and who looks after it."""
    for one in objects:
        wanted = LABELS if one.get("kind") in _SHARED else (*LABELS, *OF_APPS)
        missing = [label for label in wanted if label not in one.get("metadata", {}).get("labels", {})]
        if missing:
            yield f"{name_of(one)}: no label {', '.join(missing)}"


def has_a_quota_for_trainees(objects: Sequence[Object]) -> Iterator[str]:
    """Trainees take what the line leaves, and no whole GPU of it."""
    if not any(one["metadata"]["name"] == "jupyter" for one in of_kind(objects, "Namespace")):
        return
    quotas = [one for one in of_kind(objects, "ResourceQuota") if namespace_of(one) == "jupyter"]
    if not quotas:
        yield "Namespace jupyter: no ResourceQuota: trainees may take everything"
    for one in quotas:
        for amount in ("requests.cpu", "requests.memory", "persistentvolumeclaims", "pods"):
            if amount not in one["spec"].get("hard", {}):
                yield f"{name_of(one)}: no {amount}: trainees may take all of it"
