"""A folder of kustomize becomes objects, or a sentence says why not."""

from pathlib import Path

import pytest

from aoi_modules.cluster.kustomize import kubectl, render
from aoi_modules.errors import ClusterError, SettingsError


def test_a_folder_becomes_its_objects(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("namespace: line\nresources: [service.yaml]\n")
    (tmp_path / "service.yaml").write_text("apiVersion: v1\nkind: Service\nmetadata: {name: gateway}\n---\n")
    (found,) = render(tmp_path)
    assert found == {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "gateway", "namespace": "line"}}


def test_a_folder_without_its_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"expected a folder with a kustomization\.yaml"):
        render(tmp_path)


def test_what_kubectl_says_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [missing.yaml]\n")
    with pytest.raises(ClusterError, match=r"kubectl cannot render it: .*missing\.yaml") as raised:
        render(tmp_path)
    assert "\n" not in raised.value.message


def test_without_kubectl_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(ClusterError, match="kubectl is missing") as raised:
        kubectl()
    assert "aoi-academy[cluster]" in raised.value.hint
