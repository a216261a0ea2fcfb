"""A list of names becomes pods, claims and tokens, one of each for everybody."""

from pathlib import Path

import pytest

from aoi_modules.cluster.kustomize import render
from aoi_modules.cluster.live.secret_needs import needed_secrets
from aoi_modules.cluster.policies.catalogue import broken_policies
from aoi_modules.cluster.policies.pods import found_by, pods
from aoi_modules.cluster.policies.ways import denies_all_first
from aoi_modules.cluster.trainees import write_class
from aoi_modules.errors import SettingsError
from tests.cluster.overlays import K8S, one


def test_each_has_a_pod_a_claim_a_token_and_an_address_of_their_own(tmp_path: Path) -> None:
    write_class(tmp_path / "class", ["ann", "ben"], K8S)
    objects = render(tmp_path / "class")
    described = {pod.owner["metadata"]["name"]: pod for pod in pods(objects)}
    assert set(described) == {"jupyter-ann", "jupyter-ben"}
    for name in ("ann", "ben"):
        service = one(objects, "Service", f"jupyter-{name}")["spec"]["selector"]
        found = [other for other, pod in described.items() if found_by({"matchLabels": service}, pod.labels)]
        assert found == [f"jupyter-{name}"]
        assert described[f"jupyter-{name}"].owner["spec"]["serviceName"] == f"jupyter-{name}"
        assert ("jupyter", f"jupyter-{name}") in needed_secrets(objects)
    assert ("jupyter", "jupyter") not in needed_secrets(objects)
    assert broken_policies(objects, [denies_all_first]) == []


def test_components_are_for_all_of_them(tmp_path: Path) -> None:
    write_class(tmp_path / "class", ["ann", "ben"], K8S, ["gpu-mig"])
    limits = [pod.spec["containers"][0]["resources"]["limits"] for pod in pods(render(tmp_path / "class"))]
    assert [one["nvidia.com/mig-1g.10gb"] for one in limits] == [1, 1]


def test_who_left_is_no_longer_there(tmp_path: Path) -> None:
    write_class(tmp_path / "class", ["ann", "ben"], K8S)
    write_class(tmp_path / "class", ["ben"], K8S)
    assert sorted(path.name for path in (tmp_path / "class").iterdir()) == ["ben", "kustomization.yaml"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Ann"], "small letters"),
        (["a" * 31], "30 at most"),
        (["../x"], "small letters"),
        (["ann", "ann"], "Received twice: ann"),
        ([], "expected 1 to 20 trainees. Received: 0"),
        ([f"t{number}" for number in range(21)], "Received: 21"),
    ],
)
def test_names_that_cannot_be(names: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        write_class(tmp_path, names, K8S)
    assert words in raised.value.message


def test_a_component_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--component: expected one of aoi-serve, .* Received: 'gpus'"):
        write_class(tmp_path, ["ann"], K8S, ["gpus"])
