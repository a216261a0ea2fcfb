"""`aoi k8s render` and `validate`, as a user calls them."""

import json
import os
from pathlib import Path

import yaml

from tests.cluster.overlays import K8S, overlay
from tests.in_process import aoi


def changed(folder: Path, kind: str, name: str, change: dict[str, str]) -> Path:
    """An overlay of somebody's own: `local` with a change."""
    patch = {"target": {"kind": kind, "name": name}, "patch": json.dumps([change])}
    text = {"resources": [os.path.relpath(K8S / "overlays" / "local", folder)], "patches": [patch]}
    (folder / "kustomization.yaml").write_text(json.dumps(text))
    return folder


def test_yaml_and_json_are_the_objects() -> None:
    rendered = aoi("k8s", "render", "local")
    assert rendered.returncode == 0, rendered.stderr
    assert list(yaml.safe_load_all(rendered.stdout)) == overlay("local")
    assert json.loads(aoi("k8s", "render", "local", "--json").stdout) == overlay("local")


def test_images_are_those_of_the_registry() -> None:
    text = aoi("k8s", "render", "local", "--registry", "127.0.0.1:5000", "--tag", "dev").stdout
    assert "image: 127.0.0.1:5000/aoi/gateway:dev\n" in text


def test_an_overlay_that_keeps_all_rules_is_valid() -> None:
    ended = aoi("k8s", "validate", "local", "--kubernetes", "1.37")
    assert (ended.returncode, ended.stdout) == (0, "local: nothing is wrong for Kubernetes 1.37\n"), ended.stderr


def test_what_is_wrong_is_said_a_sentence_a_line(tmp_path: Path) -> None:
    flag = {"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--no_such_flag"}
    mine = changed(tmp_path, "StatefulSet", "gateway", flag)
    ended = aoi("k8s", "validate", mine, "--kubernetes", "1.37", "--json")
    (problem,) = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert "StatefulSet gateway, container gateway: aoi gateway" in problem
    assert "--no_such_flag" in problem


def test_what_is_no_overlay_is_a_sentence() -> None:
    ended = aoi("k8s", "render", "nope")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "error: expected an overlay, gpu, local, prod" in ended.stderr
