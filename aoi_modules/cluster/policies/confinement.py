"""What a pod may not do, beside what it is for."""

from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Described, Object, name_of, of_kind, parts, pods
from aoi_modules.cluster.policies.rooms import AGENTS, NODES

LOGS = "/var/log"
KEYED = frozenset({"DaemonSet vlagent", "Deployment kube-state-metrics"})
"""What needs a key of the cluster's API: it asks which pods there are."""
SEEN = frozenset({"pods", "namespaces", "nodes", "jobs", "resourcequotas"})
LOOKS = frozenset({"get", "list", "watch"})
"""What a key may be for."""
_OF_NODE = ("hostNetwork", "hostPID", "hostIPC")


def is_nobody(objects: Sequence[Object]) -> Iterator[str]:
    """Nobody is root, by number: a name in an image may be anybody. Who reads log files is: they belong to root."""
    for pod in pods(objects):
        if pod.name in AGENTS:
            continue
        context = pod.spec.get("securityContext", {})
        if not context.get("runAsNonRoot"):
            yield f"{pod.name}: no securityContext.runAsNonRoot: the server may be root"
        for field in ("runAsUser", "runAsGroup"):
            if not isinstance(context.get(field), int) or context[field] == 0:
                yield f"{pod.name}: securityContext.{field}: expected a number over 0. Received: {context.get(field)!r}"


def is_confined(objects: Sequence[Object]) -> Iterator[str]:
    """A server needs no rights but to read its models and to answer."""
    for pod in pods(objects):
        if pod.name not in AGENTS and not pod.spec.get("securityContext", {}).get("runAsNonRoot"):
            yield f"{pod.name}: no securityContext.runAsNonRoot: the server may be root"
    for owner, container in parts(objects):
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{owner}: no securityContext.allowPrivilegeEscalation: false"
        if context.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{owner}: no securityContext.capabilities.drop: [ALL]"


def has_seccomp(objects: Sequence[Object]) -> Iterator[str]:
    """The kernel offers less to who needs less."""
    for pod in pods(objects):
        if pod.spec.get("securityContext", {}).get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{pod.name}: no securityContext.seccompProfile.type: RuntimeDefault"


def has_read_only_root(objects: Sequence[Object]) -> Iterator[str]:
    """Who gets in finds no place to leave something."""
    for owner, container in parts(objects):
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            yield f"{owner}: no securityContext.readOnlyRootFilesystem: true"


def leaves_the_node_alone(objects: Sequence[Object]) -> Iterator[str]:
    """No pod sees the machine: its network, processes, folders and ports.

    The node exporter reads its folders, and agents its logs.
    """
    for pod in pods(objects):
        for field in _OF_NODE:
            if pod.spec.get(field):
                yield f"{pod.name}: {field}: the pod would see the machine"
        for volume in pod.spec.get("volumes", []):
            if "hostPath" in volume and not (pod.namespace == NODES and _only_reads(pod, volume["name"])):
                yield f"{pod.name}: volume {volume['name']} is a folder of the machine"
    for owner, container in parts(objects):
        if container.get("securityContext", {}).get("privileged"):
            yield f"{owner}: privileged: it would be root of the machine"
        if any(port.get("hostPort") for port in container.get("ports", [])):
            yield f"{owner}: hostPort: a second pod with this port finds no place on the node"


def reads_logs_alone(objects: Sequence[Object]) -> Iterator[str]:
    """Root sees no more of the machine than the logs that it is there for."""
    for pod in pods(objects):
        for volume in pod.spec.get("volumes", []) if pod.name in AGENTS else []:
            path = volume.get("hostPath", {}).get("path", LOGS)
            if path != LOGS and not path.startswith(f"{LOGS}/"):
                yield f"{pod.name}: volume {volume['name']}: {path}: expected a folder in {LOGS}, since it is root"


def _only_reads(pod: Described, volume: str) -> bool:
    mounts = [mount for one in pod.all_containers for mount in one.get("volumeMounts", []) if mount["name"] == volume]
    return all(mount.get("readOnly") is True for mount in mounts)


def has_no_key_of_the_cluster(objects: Sequence[Object]) -> Iterator[str]:
    """Each app has an account of its own, and no pod gets a key of the API that it does not need."""
    accounts = {one["metadata"]["name"] for one in objects if one.get("kind") == "ServiceAccount"}
    for pod in pods(objects):
        if pod.spec.get("automountServiceAccountToken") is not False and pod.name not in KEYED:
            yield f"{pod.name}: no automountServiceAccountToken: false: the pod gets a key of the API"
        account = pod.spec.get("serviceAccountName", "default")
        if account not in accounts:
            yield f"{pod.name}: serviceAccountName {account!r}: no such ServiceAccount stands here"


def only_looks_at_the_cluster(objects: Sequence[Object]) -> Iterator[str]:
    """Whoever gets hold of a key finds no Secret by it, and changes nothing."""
    for role in of_kind(objects, "Role", "ClusterRole"):
        for rule in role.get("rules", []):
            if more := sorted({*rule.get("resources", []), *rule.get("nonResourceURLs", [])} - SEEN):
                yield f"{name_of(role)}: sees {', '.join(more)}: expected {', '.join(sorted(SEEN))} at most"
            if more := sorted({*rule.get("verbs", [])} - LOOKS):
                yield f"{name_of(role)}: may {', '.join(more)}: expected {', '.join(sorted(LOOKS))} at most"


def gives_rights_that_stand_here(objects: Sequence[Object]) -> Iterator[str]:
    """A role of the cluster's own, such as `view` or `cluster-admin`, is more than anything here needs."""
    roles = {(one["kind"], one["metadata"]["name"]) for one in of_kind(objects, "Role", "ClusterRole")}
    accounts = {(pod.namespace, pod.spec.get("serviceAccountName")) for pod in pods(objects) if pod.name in KEYED}
    for one in of_kind(objects, "RoleBinding", "ClusterRoleBinding"):
        role = one["roleRef"]
        if (role["kind"], role["name"]) not in roles:
            yield f"{name_of(one)}: gives {role['kind']} {role['name']}, which does not stand here"
        for who in one.get("subjects", []):
            if who["kind"] != "ServiceAccount" or (who.get("namespace"), who["name"]) not in accounts:
                yield f"{name_of(one)}: gives rights to {who['kind']} {who['name']}, which needs none"


def knows_no_service_by_variable(objects: Sequence[Object]) -> Iterator[str]:
    """A Service named `jupyter` sets JUPYTER_PORT, which Jupyter takes for its own setting."""
    for pod in pods(objects):
        if pod.spec.get("enableServiceLinks") is not False:
            yield f"{pod.name}: no enableServiceLinks: false: Services set variables that programs take for settings"
