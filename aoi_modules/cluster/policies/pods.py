"""Every pod that objects describe, whoever makes it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
Rule = Callable[[Sequence[Object]], Iterator[str]]
"""Yields a sentence for each thing that is wrong with objects."""
LASTING = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds whose pods are to be there always."""
_KINDS = (*LASTING, "Job", "CronJob", "Pod")


@dataclass(frozen=True)
class Described:
    """A pod as an object describes it.

    Args:
        owner: the object.
        labels: of the pod.
        spec: of the pod.
    """

    owner: Object
    labels: Mapping[str, str]
    spec: Object

    @property
    def name(self) -> str:
        """Of the owner, with its kind."""
        return name_of(self.owner)

    @property
    def namespace(self) -> str:
        """In which it runs."""
        return namespace_of(self.owner)

    @property
    def lasting(self) -> bool:
        """Whether it is to be there always; a Job's ends."""
        return self.owner["kind"] in LASTING

    @property
    def replicas(self) -> int:
        """How many of it there are; a Deployment without a number has an autoscaler, which keeps two at least."""
        found = self.owner.get("spec", {}).get("replicas", 2 if self.owner["kind"] == "Deployment" else 1)
        return found if isinstance(found, int) else 1  # what is no number is named by whoever checks fields

    @property
    def containers(self) -> list[Object]:
        """Those that run side by side: the pod's own, and init containers that stay."""
        beside = [one for one in self.spec.get("initContainers", []) if one.get("restartPolicy") == "Always"]
        return [*beside, *self.spec.get("containers", [])]

    @property
    def all_containers(self) -> list[Object]:
        """Those that run first, too."""
        return [*self.spec.get("initContainers", []), *self.spec.get("containers", [])]

    @property
    def servers(self) -> list[Object]:
        """The containers that listen on a port."""
        return [one for one in self.containers if one.get("ports")]

    @property
    def gpus(self) -> list[Object]:
        """The containers that have a GPU, or a share of one."""
        return [one for one in self.all_containers if any(map(is_gpu, limits_of(one)))]

    @property
    def secrets(self) -> set[str]:
        """The names of those that it needs: as files, or as variables."""
        volumes = {one["secret"]["secretName"] for one in self.spec.get("volumes", []) if "secret" in one}
        sources = [source for one in self.all_containers for source in one.get("envFrom", [])]
        values = [one.get("valueFrom", {}) for part in self.all_containers for one in part.get("env", [])]
        wholes = {one["secretRef"]["name"] for one in sources if "secretRef" in one}
        return volumes | wholes | {one["secretKeyRef"]["name"] for one in values if "secretKeyRef" in one}

    def part(self, container: Object) -> str:
        """A container of it, for sentences."""
        return f"{self.name}, container {container.get('name')}"


def pods(objects: Sequence[Object]) -> list[Described]:
    """All pods, in the order of the objects."""
    return [_described(one) for one in objects if one.get("kind") in _KINDS]


def parts(objects: Sequence[Object]) -> Iterator[tuple[str, Object]]:
    """Each container of each pod, and how to call it."""
    for pod in pods(objects):
        for container in pod.all_containers:
            yield pod.part(container), container


def of_kind(objects: Sequence[Object], *kinds: str) -> list[Object]:
    """The objects of some kinds."""
    return [one for one in objects if one.get("kind") in kinds]


def name_of(one: Object) -> str:
    """Kind and name of an object."""
    return f"{one.get('kind')} {one.get('metadata', {}).get('name')}"


def namespace_of(one: Object) -> str:
    """The namespace of an object; empty where it has none."""
    return str(one.get("metadata", {}).get("namespace", ""))


def found_by(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a selector (`matchLabels`, `matchExpressions`) finds something with these labels."""
    plain = selector.get("matchLabels", {})
    if not plain.items() <= labels.items():
        return False
    return all(_meets(one, labels) for one in selector.get("matchExpressions", []))


def limits_of(container: Object) -> Mapping[str, Any]:
    """What a container may have at most."""
    found: Mapping[str, Any] = container.get("resources", {}).get("limits", {})
    return found


def is_gpu(resource: str) -> bool:
    """Whether a resource is a GPU or a share of one."""
    return resource.startswith("nvidia.com/")


def _meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return value is not None
        case _:
            return value is None


def _described(one: Object) -> Described:
    spec = one.get("spec", {})
    if one["kind"] == "Pod":
        return Described(one, one.get("metadata", {}).get("labels", {}), spec)
    if one["kind"] == "CronJob":
        spec = spec.get("jobTemplate", {}).get("spec", {})
    template = spec.get("template", {})
    return Described(one, template.get("metadata", {}).get("labels", {}), template.get("spec", {}))
