"""What Kubernetes objects of a model server keep to, checked without a cluster.

These are the rules of lesson 7, in which a reader writes such a file; `policies` has those for a whole line.
`broken_rules` gathers what they say.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from kubernetes import client

from aoi_modules.cluster.policies.changes import changes_without_a_gap
from aoi_modules.cluster.policies.confinement import is_confined
from aoi_modules.cluster.policies.images import has_pinned_images
from aoi_modules.cluster.policies.pods import Object, Rule, name_of
from aoi_modules.cluster.policies.probes import has_probes
from aoi_modules.cluster.policies.references import can_read_its_claim, fits_together
from aoi_modules.cluster.policies.resources import has_resources
from aoi_modules.first_line import first_line

CLASSES = {
    "ConfigMap": "V1ConfigMap",
    "Deployment": "V1Deployment",
    "StatefulSet": "V1StatefulSet",
    "DaemonSet": "V1DaemonSet",
    "Service": "V1Service",
    "PodDisruptionBudget": "V1PodDisruptionBudget",
    "PersistentVolumeClaim": "V1PersistentVolumeClaim",
    "Pod": "V1Pod",
    "StorageClass": "V1StorageClass",
}
"""Kind -> the class of Kubernetes' Python client that knows its fields."""


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
                yield f"{name_of(one)}: {_reason(error)}"
                continue
            for path in _lost(one, api.sanitize_for_serialization(known)):
                yield f"{name_of(one)}: {path} is no field that Kubernetes knows; it would be ignored"


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
