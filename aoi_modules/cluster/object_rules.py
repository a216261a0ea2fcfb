"""What Kubernetes objects of a model server keep to, checked without a cluster.

Each rule yields sentences that say which object and what to do. `broken_rules` gathers them all.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubernetes import client

from aoi_modules.errors import first_line

Object = dict[str, Any]
CLASSES = {
    "ConfigMap": "V1ConfigMap",
    "Deployment": "V1Deployment",
    "Service": "V1Service",
    "PodDisruptionBudget": "V1PodDisruptionBudget",
}
"""Kind -> the class of Kubernetes' Python client that knows its fields."""
PROBES = {
    "startupProbe": "a slow first load looks like a hang, and the pod is killed",
    "readinessProbe": "requests come before the models are loaded",
    "livenessProbe": "a server that hangs stays for ever",
}


def broken_rules(objects: Sequence[Object]) -> list[str]:
    """One sentence for every broken rule; an empty list for good objects."""
    return [problem for rule in RULES for problem in rule(objects)]


def has_known_fields(objects: Sequence[Object]) -> Iterator[str]:
    """Kubernetes' own classes read each object and write it back; what they do not know gets lost on the way."""
    with client.ApiClient() as api:
        for one in objects:
            kind = one.get("kind", "no kind")
            if kind not in CLASSES:
                yield f"{kind}: expected one of {', '.join(CLASSES)}"
                continue
            try:
                known = api.deserialize(json.dumps(_with_quantities(one)), CLASSES[kind], "application/json")
            except (ValueError, TypeError, AttributeError) as error:
                yield f"{_name(one)}: {_reason(error)}"
                continue
            for path in _lost(one, api.sanitize_for_serialization(known)):
                yield f"{_name(one)}: {path} is no field that Kubernetes knows; it would be ignored"


def has_pinned_images(objects: Sequence[Object]) -> Iterator[str]:
    """An image without a version is another one tomorrow."""
    for owner, container in _containers(objects):
        image = str(container.get("image", ""))
        if not re.search(r":[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$", image):
            yield f"{owner}: image {image!r} has no version; it may be another one tomorrow"


def has_probes(objects: Sequence[Object]) -> Iterator[str]:
    """Three probes answer three questions: has it started, may it be asked, does it live."""
    for owner, container in _containers(objects):
        for probe, danger in PROBES.items():
            if probe not in container:
                yield f"{owner}: no {probe}: {danger}"


def has_resources(objects: Sequence[Object]) -> Iterator[str]:
    """The scheduler counts requests; without them a node is filled until it breaks."""
    for owner, container in _containers(objects):
        resources = container.get("resources", {})
        for kind, amount in (("requests", "cpu"), ("requests", "memory"), ("limits", "memory")):
            if amount not in resources.get(kind, {}):
                yield f"{owner}: no resources.{kind}.{amount}: the scheduler cannot count with it"


def is_confined(objects: Sequence[Object]) -> Iterator[str]:
    """A server needs no rights but to read its models and to answer."""
    for one in _deployments(objects):
        pod = one["spec"]["template"]["spec"]
        if not pod.get("securityContext", {}).get("runAsNonRoot"):
            yield f"{_name(one)}: no securityContext.runAsNonRoot: the server may be root"
    for owner, container in _containers(objects):
        context = container.get("securityContext", {})
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{owner}: no securityContext.allowPrivilegeEscalation: false"
        if context.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{owner}: no securityContext.capabilities.drop: [ALL]"


def fits_together(objects: Sequence[Object]) -> Iterator[str]:
    """Services find their pods, and pods their volumes and ports."""
    pods = [one["spec"]["template"] for one in _deployments(objects)]
    for one in objects:
        if one.get("kind") not in ("Service", "PodDisruptionBudget"):
            continue
        selector = one["spec"].get("selector", {})
        wanted = selector.get("matchLabels", selector) or {"": ""}
        found = [pod for pod in pods if wanted.items() <= pod["metadata"].get("labels", {}).items()]
        if not found:
            yield f"{_name(one)}: its selector {wanted} finds no pod"
        names = {
            port.get("name") for pod in found for part in pod["spec"]["containers"] for port in part.get("ports", [])
        }
        for port in one["spec"].get("ports", []) if found else []:
            if isinstance(port.get("targetPort"), str) and port["targetPort"] not in names:
                yield f"{_name(one)}: targetPort {port['targetPort']!r} is no port of its pods"
    for owner, container in _containers(objects):
        volumes = {volume["name"] for pod in pods for volume in pod["spec"].get("volumes", [])}
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{owner}: mounts {mount['name']!r}, which is no volume of its pod"


def can_read_its_claim(objects: Sequence[Object]) -> Iterator[str]:
    """A claim's folder belongs to root at first; a server that is somebody else may not look into it."""
    for one in _deployments(objects):
        pod = one["spec"]["template"]["spec"]
        claims = [volume for volume in pod.get("volumes", []) if "persistentVolumeClaim" in volume]
        if claims and "fsGroup" not in pod.get("securityContext", {}):
            yield (
                f"{_name(one)}: no securityContext.fsGroup: the claim's folder may belong to root, and only the log "
                "would say that the server cannot read it"
            )


def changes_without_a_gap(objects: Sequence[Object]) -> Iterator[str]:
    """While pods are changed, one at least answers."""
    for one in _deployments(objects):
        rolling = one["spec"].get("strategy", {}).get("rollingUpdate", {})
        away, more = rolling.get("maxUnavailable"), rolling.get("maxSurge", 1)
        replicas = one["spec"].get("replicas", 1)
        if not isinstance(away, int) or not isinstance(more, int):
            yield f"{_name(one)}: rollingUpdate: expected a number of pods as maxUnavailable, and as maxSurge"
        elif isinstance(replicas, int) and away >= replicas > 0:
            yield f"{_name(one)}: rollingUpdate.maxUnavailable: {away} of {replicas}: a change takes the last pod away"
        elif away == 0 and more == 0:
            yield f"{_name(one)}: rollingUpdate.maxUnavailable and maxSurge are both 0: nothing could ever change"


Rule = Callable[[Sequence[Object]], Iterator[str]]
RULES: tuple[Rule, ...] = (
    has_known_fields,
    has_pinned_images,
    has_probes,
    has_resources,
    is_confined,
    can_read_its_claim,
    fits_together,
    changes_without_a_gap,
)


def _deployments(objects: Sequence[Object]) -> list[Object]:
    return [one for one in objects if one.get("kind") == "Deployment"]


def _containers(objects: Sequence[Object]) -> Iterator[tuple[str, Object]]:
    """Each container, and how to call it."""
    for one in _deployments(objects):
        for container in one["spec"]["template"]["spec"]["containers"]:
            yield f"{_name(one)}, container {container.get('name')}", container


def _reason(error: Exception) -> str:
    """What a class of Kubernetes says about a wrong value, in one line."""
    listed = getattr(error, "errors", None)  # pydantic's, which checks the values
    if not callable(listed):
        return first_line(error)
    wrong = listed()[0]
    return ": ".join(filter(None, [".".join(map(str, wrong["loc"])), wrong["msg"]]))


def _with_quantities(value: Any) -> Any:
    """The same with amounts as text: Kubernetes reads `cpu: 1` as well, its Python classes only `cpu: "1"`."""
    if isinstance(value, list):
        return [_with_quantities(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: str(amount) for name, amount in inner.items()}
        if key in ("requests", "limits") and isinstance(inner, dict)
        else _with_quantities(inner)
        for key, inner in value.items()
    }


def _name(one: Object) -> str:
    return f"{one.get('kind')} {one.get('metadata', {}).get('name')}"


def _lost(written: object, known: object, path: str = "") -> Iterator[str]:
    """Paths of fields that are in the first and not in the second."""
    if isinstance(written, dict) and isinstance(known, dict):
        for key, value in written.items():
            if key not in known:
                yield f"{path}.{key}".lstrip(".")
            else:
                yield from _lost(value, known[key], f"{path}.{key}")
    elif isinstance(written, list) and isinstance(known, list):
        for number, (one, other) in enumerate(zip(written, known, strict=False)):
            yield from _lost(one, other, f"{path}[{number}]")
