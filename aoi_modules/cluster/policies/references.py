"""Objects that name each other, and whether what they name is there."""

from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Described, Object, found_by, name_of, namespace_of, of_kind, pods

GIVEN = frozenset({"ConfigMap kube-root-ca.crt", "ConfigMap gateway-ca"})
"""What the cluster or `aoi k8s secrets` makes."""


def fits_together(objects: Sequence[Object]) -> Iterator[str]:
    """Services find their pods, and pods their volumes and ports."""
    described = pods(objects)
    for one in of_kind(objects, "Service", "PodDisruptionBudget"):
        selector = one["spec"].get("selector", {})
        wanted = selector.get("matchLabels", selector) or {"": ""}
        here = [pod for pod in described if pod.namespace == namespace_of(one)]
        found = [pod for pod in here if wanted.items() <= pod.labels.items()]
        if not found:
            yield f"{name_of(one)}: its selector {wanted} finds no pod"
        names = {port.get("name") for pod in found for part in pod.containers for port in part.get("ports", [])}
        for port in one["spec"].get("ports", []) if found else []:
            if isinstance(port.get("targetPort"), str) and port["targetPort"] not in names:
                yield f"{name_of(one)}: targetPort {port['targetPort']!r} is no port of its pods"
    for pod in described:
        yield from _mounts(pod)


def _mounts(pod: Described) -> Iterator[str]:
    claims = pod.owner.get("spec", {}).get("volumeClaimTemplates", [])
    volumes = {volume["name"] for volume in pod.spec.get("volumes", [])} | {one["metadata"]["name"] for one in claims}
    for container in pod.all_containers:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{pod.part(container)}: mounts {mount['name']!r}, which is no volume of its pod"


def finds_its_own_pods(objects: Sequence[Object]) -> Iterator[str]:
    """A selector that does not find the pods of its own template is refused, and never changes afterwards."""
    for pod in pods(objects):
        selector = pod.owner.get("spec", {}).get("selector")
        if pod.lasting and (not selector or not found_by(selector, pod.labels)):
            yield f"{pod.name}: its selector {selector} does not find its own pods"
        other = [one for one in (selector or {}).get("matchLabels", {}) if one not in _STEADY]
        if pod.lasting and other:
            yield f"{pod.name}: its selector has {', '.join(other)}: expected what never changes: {', '.join(_STEADY)}"


_STEADY = ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component")


def names_what_is_there(objects: Sequence[Object]) -> Iterator[str]:
    """ConfigMaps, claims and Services that a pod names are there, or the pod never starts."""
    here = {(namespace_of(one), name_of(one)) for one in objects}
    for pod in pods(objects):
        for wanted in _wanted(pod):
            if (pod.namespace, wanted) not in here and wanted not in GIVEN:
                yield f"{pod.name}: names {wanted}, which is not here"


def _wanted(pod: Described) -> Iterator[str]:
    for volume in pod.spec.get("volumes", []):
        if "configMap" in volume:
            yield f"ConfigMap {volume['configMap']['name']}"
        if "persistentVolumeClaim" in volume:
            yield f"PersistentVolumeClaim {volume['persistentVolumeClaim']['claimName']}"
    if pod.owner["kind"] == "StatefulSet":
        yield f"Service {pod.owner['spec'].get('serviceName')}"
    for container in pod.all_containers:
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                yield f"ConfigMap {source['configMapRef']['name']}"


def can_read_its_claim(objects: Sequence[Object]) -> Iterator[str]:
    """A claim's folder belongs to root at first; a server that is somebody else may not look into it."""
    for pod in pods(objects):
        own = pod.owner.get("spec", {}).get("volumeClaimTemplates", [])
        claims = own or [volume for volume in pod.spec.get("volumes", []) if "persistentVolumeClaim" in volume]
        context = pod.spec.get("securityContext", {})
        if claims and "fsGroup" not in context:
            yield (
                f"{pod.name}: no securityContext.fsGroup: the claim's folder may belong to root, and only the log "
                "would say that the server cannot read it"
            )


def starts_without_a_walk(objects: Sequence[Object]) -> Iterator[str]:
    """A claim whose folder has its group already is not walked through once more."""
    for pod in pods(objects):
        context = pod.spec.get("securityContext", {})
        if "fsGroup" in context and context.get("fsGroupChangePolicy") != "OnRootMismatch":
            yield f"{pod.name}: no fsGroupChangePolicy: OnRootMismatch: each start walks through the whole claim"


def keeps_its_claims(objects: Sequence[Object]) -> Iterator[str]:
    """It has to be said what becomes of claims; none of the line's goes with its pods."""
    for one in of_kind(objects, "StatefulSet"):
        if not one["spec"].get("volumeClaimTemplates"):
            continue
        policy = one["spec"].get("persistentVolumeClaimRetentionPolicy", {})
        if (policy.get("whenScaled"), policy.get("whenDeleted")) != ("Retain", "Retain"):
            yield f"{name_of(one)}: persistentVolumeClaimRetentionPolicy: expected Retain, twice: what was kept goes"
