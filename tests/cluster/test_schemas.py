"""Objects are held to the fields of each version of Kubernetes."""

from typing import Any

import pytest

from aoi_modules.cluster.schemas import VERSIONS, wrong_fields
from aoi_modules.errors import SettingsError
from tests.cluster.overlays import OVERLAYS, container, key, one, overlay


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_knows_what_the_overlays_have(version: str) -> None:
    objects = {key(item): item for name in OVERLAYS for item in overlay(name)}
    assert list(wrong_fields(list(objects.values()), version)) == []


def test_an_unknown_field_and_a_wrong_value_are_named_each() -> None:
    objects = overlay("local")
    container(objects)["imagePullpolicy"] = "Always"
    one(objects, "StatefulSet", "gateway")["spec"]["replicas"] = "two"
    problems = list(wrong_fields(objects, "1.37"))
    assert len(problems) == 2
    assert any("imagePullpolicy" in problem and "containers.0" in problem for problem in problems)
    assert any("spec.replicas" in problem and "(Kubernetes 1.37)" in problem for problem in problems)


@pytest.mark.parametrize(
    ("kind", "name", "change", "words"),
    [
        ("Gateway", "line", {"listeners": []}, "listeners"),
        ("HTTPRoute", "gateway", {"parentRef": []}, "parentRef"),
        ("GRPCRoute", "gateway", {"hostnames": ["Bad Host"]}, "hostnames"),
        ("BackendTLSPolicy", "gateway", {"validation": {}}, "hostname"),
        ("ExternalSecret", "database", {"refreshInterval": "often"}, "refreshInterval"),
    ],
)
def test_fields_that_are_not_kubernetes_own_are_known_too(
    kind: str, name: str, change: dict[str, Any], words: str
) -> None:
    found = one(overlay("prod"), kind, name)
    found["spec"].update(change)
    (problem,) = wrong_fields([found], "1.37")
    assert words in problem


def test_an_unknown_kind_is_named() -> None:
    (problem,) = wrong_fields([{"apiVersion": "policy/v1beta1", "kind": "PodSecurityPolicy", "metadata": {}}], "1.37")
    assert "Kubernetes 1.37 knows no PodSecurityPolicy of policy/v1beta1" in problem


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"expected one of the versions 1\.35.* Received: '0\.9'"):
        list(wrong_fields(overlay("local")[:1], "0.9"))
