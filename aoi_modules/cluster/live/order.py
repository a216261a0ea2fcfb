"""In which order objects come and go: rooms, then what others name, then data, then Jobs, then the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
_ROOMS = ("Namespace", "PriorityClass", "CustomResourceDefinition", "StorageClass", "ClusterRole", "ClusterRoleBinding")
_WORK = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "HorizontalPodAutoscaler")
DATA = "aoi-data"
"""The priority class of what the line keeps its findings in; it has to be there before a Job or gateway uses it."""


@dataclass(frozen=True)
class Stage:
    """Objects that are applied together.

    Args:
        title: what they are.
        objects: in the order in which they were rendered.
        awaited: whether what comes behind needs them to be ready.
    """

    title: str
    objects: Sequence[Object]
    awaited: bool = False


def stages(objects: Sequence[Object]) -> list[Stage]:
    """Sorts objects into stages; empty ones are left out."""
    sorted_ = {title: [one for one in objects if _title(one) == title] for title in _TITLES}
    return [Stage(title, found, title in _AWAITED) for title, found in sorted_.items() if found]


def _title(one: Object) -> str:
    if one["kind"] in _ROOMS:
        return "rooms"
    if one["kind"] not in _WORK:
        return "settings"
    if one["kind"] == "Job":
        return "jobs"
    template = one.get("spec", {}).get("template", {}).get("spec", {})
    return "data" if template.get("priorityClassName") == DATA else "the line"


_TITLES = ("rooms", "settings", "data", "jobs", "the line")
_AWAITED = ("data", "jobs")
