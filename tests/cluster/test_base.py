"""The model server of `k8s/base` is that of lesson 7, with models from the registry."""

from pathlib import Path

import pytest
import yaml

from aoi_modules.cluster import base
from aoi_modules.cluster.deployment import Deployment
from aoi_modules.cluster.object_rules import broken_rules
from tests.cluster.overlays import container, pod


def test_the_file_is_what_the_deployment_says() -> None:
    assert base.main(["--check"]) is None
    assert list(yaml.safe_load_all(base.PATH.read_text())) == base.objects()


def test_another_file_is_refused_and_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PATH", tmp_path / "objects.yaml")
    assert "Run: make format" in (base.main(["--check"]) or "")
    assert base.main([]) is None
    assert base.main(["--check"]) is None
    base.PATH.write_text(base.text() + "# by hand\n")
    assert "Run: make format" in (base.main(["--check"]) or "")


def test_server_probes_ports_and_rights_are_those_of_lesson_7() -> None:
    lesson = container(Deployment("x", models=[]).kubernetes(), "Deployment", "x")
    found = container(base.objects(), "Deployment", base.NAME)
    assert found | {"args": [], "resources": {}} == lesson | {"args": [], "resources": {}}
    assert [word for word in lesson["args"] if word not in found["args"]] == [
        "--model_config_file=/etc/model-server/models.config"
    ]


def test_models_come_from_the_registry_before_the_server_starts_and_beside_it() -> None:
    described = pod(base.objects(), "Deployment", base.NAME)
    first, beside = described["initContainers"]
    assert "--once" in first["args"]
    assert "restartPolicy" not in first
    assert {"--every=5", "--server=127.0.0.1:8500"} < set(beside["args"])
    assert beside["restartPolicy"] == "Always"
    assert {"name": "models", "emptyDir": {"sizeLimit": "4Gi"}} in described["volumes"]
    assert "--model_config_file=/models/models.config" in described["containers"][0]["args"]
    mounts = {mount["name"]: mount.get("readOnly", False) for mount in described["containers"][0]["volumeMounts"]}
    assert mounts["models"] is True, "only the sync writes"


def test_the_rules_of_lesson_7_hold() -> None:
    objects = [one for one in base.objects() if one["kind"] != "ServiceAccount"]
    assert broken_rules(objects) == []
