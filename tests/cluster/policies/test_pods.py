"""Pods are found in whatever object describes them."""

from typing import Any

import pytest

from aoi_modules.cluster.policies.pods import found_by, is_gpu, name_of, namespace_of, parts, pods

FIRST, BESIDE = {"name": "first"}, {"name": "beside", "restartPolicy": "Always"}
SPEC = {"initContainers": [FIRST, BESIDE], "containers": [{"name": "c"}]}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": SPEC}
META = {"name": "x", "namespace": "n"}


@pytest.mark.parametrize(
    "described",
    [
        {"kind": "Pod", "metadata": {**META, "labels": {"a": "b"}}, "spec": SPEC},
        {"kind": "Deployment", "metadata": META, "spec": {"template": TEMPLATE}},
        {"kind": "Job", "metadata": META, "spec": {"template": TEMPLATE}},
        {"kind": "CronJob", "metadata": META, "spec": {"jobTemplate": {"spec": {"template": TEMPLATE}}}},
    ],
)
def test_every_kind_describes_a_pod(described: dict[str, Any]) -> None:
    (pod,) = pods([described, {"kind": "Service", "metadata": {"name": "s"}}])
    assert (pod.name, pod.namespace, pod.labels) == (f"{described['kind']} x", "n", {"a": "b"})
    assert [one["name"] for one in pod.containers] == ["beside", "c"]
    assert [one["name"] for one in pod.all_containers] == ["first", "beside", "c"]
    assert pod.lasting == (described["kind"] == "Deployment")
    assert next(parts([described])) == (f"{described['kind']} x, container first", FIRST)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ({}, True),
        ({"matchLabels": {"a": "b"}}, True),
        ({"matchLabels": {"a": "c"}}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_selectors_find_labels(selector: dict[str, Any], found: bool) -> None:
    assert found_by(selector, {"a": "b"}) is found


def test_how_many_there_are() -> None:
    def replicas(kind: str, **spec: object) -> int:
        (pod,) = pods([{"kind": kind, "metadata": META, "spec": {**spec, "template": TEMPLATE}}])
        return pod.replicas

    assert replicas("Deployment", replicas=3) == 3
    assert replicas("Deployment") == 2, "an autoscaler keeps two"
    assert replicas("StatefulSet") == 1
    assert replicas("Deployment", replicas="two") == 1


def test_names() -> None:
    assert name_of({"kind": "Service", "metadata": {"name": "s"}}) == "Service s"
    assert namespace_of({"kind": "Namespace", "metadata": {"name": "n"}}) == ""
    assert is_gpu("nvidia.com/mig-1g.10gb")
    assert not is_gpu("cpu")
