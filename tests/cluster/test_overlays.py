"""Overlays are found by name, in the course folder or beside the package, and by their folder."""

from pathlib import Path

import pytest

from aoi_modules.cluster import overlays
from aoi_modules.cluster.overlays import find_overlay, manifests
from aoi_modules.errors import SettingsError
from tests.cluster.overlays import K8S, OVERLAYS


@pytest.mark.parametrize("name", OVERLAYS)
def test_ours_are_found_by_name(name: str) -> None:
    assert find_overlay(name).resolve() == K8S / "overlays" / name


def test_another_is_found_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").touch()
    assert find_overlay(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["nope", "../base/gateway", ""])
def test_what_is_none_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(SettingsError, match=r"expected an overlay, gpu, local, prod, or a folder") as raised:
        find_overlay(name)
    assert repr(name) in raised.value.message


def test_they_are_beside_the_package_or_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlays, "FOLDER", "manifests")
    monkeypatch.setattr(overlays, "PACKAGE", tmp_path / "aoi_modules")
    (tmp_path / "manifests" / "overlays").mkdir(parents=True)
    assert manifests() == tmp_path / "manifests"
    monkeypatch.setattr(overlays, "FOLDER", "nowhere")
    with pytest.raises(SettingsError, match="there is no folder k8s with overlays"):
        manifests()
