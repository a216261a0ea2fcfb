"""Namespaces and labels: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import rooms as rules
from tests.cluster.overlays import Mistake, Object, check, one


def meta(objects: list[Object], kind: str, name: str) -> Object:
    found: Object = one(objects, kind, name)["metadata"]
    return found


def labels(objects: list[Object], kind: str, name: str) -> Object:
    found: Object = meta(objects, kind, name)["labels"]
    return found


def quota(objects: list[Object]) -> Object:
    return one(objects, "ResourceQuota", "trainees")


def enforce_less(objects: list[Object]) -> None:
    labels(objects, "Namespace", "aoi")["pod-security.kubernetes.io/enforce"] = "baseline"


def move_to_nodes(objects: list[Object]) -> None:
    meta(objects, "StatefulSet", "gateway")["namespace"] = "nodes"


MISTAKES: list[Mistake] = [
    (rules.is_restricted, "prod", move_to_nodes, "StatefulSet gateway: in Namespace nodes"),
    (rules.says_its_room, "local", lambda o: meta(o, "Service", "gateway").pop("namespace"), "expected one of aoi"),
    (rules.says_its_room, "local", lambda o: meta(o, "Service", "s3").update(namespace="default"), "'default'"),
    (rules.is_restricted, "local", enforce_less, "enforce: restricted"),
    (rules.has_labels, "local", lambda o: labels(o, "Service", "s3").pop("app.kubernetes.io/component"), "component"),
    (rules.has_labels, "local", lambda o: labels(o, "Namespace", "aoi").pop("app.kubernetes.io/part-of"), "part-of"),
    (rules.has_a_quota_for_trainees, "local", lambda o: o.remove(quota(o)), "may take everything"),
    (rules.has_a_quota_for_trainees, "local", lambda o: quota(o)["spec"]["hard"].pop("pods"), "no pods"),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)
