"""The files of a deployment say the same, in three languages."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes.utils.quantity import parse_quantity

from aoi_modules.cluster.deployment import Deployment, to_yaml
from aoi_modules.cluster.object_rules import broken_rules
from aoi_modules.serving import model_config
from aoi_modules.serving.launchers.docker import IMAGE
from aoi_modules.serving.model_config import ServedModel, VersionPolicy


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    tile = ServedModel("tile", tmp_path / "tile", VersionPolicy(2), {"stable": 1, "canary": 2})
    return Deployment("aoi-models", [tile, ServedModel("fashion", tmp_path / "fashion")], replicas=3, memory="512Mi")


def test_all_three_run_one_image_with_one_set_of_arguments(deployment: Deployment, tmp_path: Path) -> None:
    words = deployment.docker_command(tmp_path)
    service = deployment.compose()["services"]["aoi-models"]
    container = deployment.kubernetes()[1]["spec"]["template"]["spec"]["containers"][0]
    assert words[words.index(IMAGE) + 1 :] == service["command"] == container["args"] == deployment.arguments
    assert service["image"] == container["image"] == IMAGE
    assert service["entrypoint"] == container["command"] == ["tensorflow_model_server"]


def test_all_three_see_the_models_and_the_configs_at_one_place(deployment: Deployment, tmp_path: Path) -> None:
    targets = {"/models/tile", "/models/fashion", "/etc/model-server"}
    volumes = [word for word in deployment.docker_command(tmp_path) if word.startswith("--volume=")]
    assert {volume.split(":")[1] for volume in volumes} == targets
    assert {mount["target"] for mount in deployment.compose()["services"]["aoi-models"]["volumes"]} == targets
    mounts = deployment.kubernetes()[1]["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
    assert {"/models", "/etc/model-server"} < {mount["mountPath"] for mount in mounts}
    served = model_config.from_message(model_config.parse(deployment.configs()["models.config"]))
    assert [str(model.base_path) for model in served] == ["/models/tile", "/models/fashion"]
    assert served[0].labels == {"stable": 1, "canary": 2}


def test_the_written_files_are_read_back(deployment: Deployment, tmp_path: Path) -> None:
    written = deployment.write(tmp_path / "deployment")
    assert {str(path.relative_to(tmp_path / "deployment")) for path in written} == {
        "config/models.config", "config/monitoring.config", "docker.sh", "compose.yaml", "kubernetes.yaml",
    }  # fmt: skip
    folder = tmp_path / "deployment"
    assert list(yaml.safe_load_all((folder / "kubernetes.yaml").read_text())) == deployment.kubernetes()
    assert yaml.safe_load((folder / "compose.yaml").read_text()) == deployment.compose()
    assert model_config.read(folder / "config" / "models.config") == deployment.inside()


def test_the_script_gives_docker_the_words_of_the_command(deployment: Deployment, tmp_path: Path) -> None:
    folder = tmp_path / "with a blank"
    deployment.write(folder)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "docker").write_text('#!/bin/sh\nprintf "%s\\n" docker "$@"\n')
    (programs / "docker").chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", folder / "docker.sh"], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == deployment.docker_command(folder)


def test_memory_is_written_as_docker_wants_it(deployment: Deployment, tmp_path: Path) -> None:
    assert "--memory=512m" in deployment.docker_command(tmp_path)
    assert deployment.compose()["services"]["aoi-models"]["mem_limit"] == "512m"


NODE, OWN_PODS = 2.0, 0.95
"""CPUs of a small node, and what the pods of a cluster of kind are promised there."""


def test_two_servers_fit_a_small_node_even_while_they_are_changed(deployment: Deployment) -> None:
    pods = replace(deployment, replicas=2).kubernetes()[1]["spec"]
    rolling = pods["strategy"]["rollingUpdate"]
    (container,) = pods["template"]["spec"]["containers"]
    promised = float(parse_quantity(container["resources"]["requests"]["cpu"]))
    assert OWN_PODS + promised * (pods["replicas"] + rolling["maxSurge"]) <= NODE
    assert (rolling["maxUnavailable"], rolling["maxSurge"]) == (1, 0), "no place is needed beside those that are filled"


@pytest.mark.parametrize(
    ("changes", "rolling", "room"),
    [
        ({"replicas": 2}, (1, 0), "Room: 2 pods of 500m CPU and 512Mi memory, so 2 CPUs of nodes"),
        ({"replicas": 2, "spare_place": True}, (0, 1), "Room: 3 pods of 500m CPU and 512Mi memory, so 3 CPUs of nodes"),
        ({"replicas": 1, "cpus": 1}, (0, 1), "Room: 2 pods of 1000m CPU and 512Mi memory, so 3 CPUs of nodes"),
        ({"replicas": 4, "cpus": 2}, (1, 0), "Room: 4 pods of 2000m CPU and 512Mi memory, so 9 CPUs of nodes"),
    ],
)
def test_the_file_says_what_room_it_needs(
    deployment: Deployment, tmp_path: Path, changes: dict[str, Any], rolling: tuple[int, int], room: str
) -> None:
    described = replace(deployment, **changes)
    described.write(tmp_path / "files")
    assert room in (tmp_path / "files" / "kubernetes.yaml").read_text()
    update = described.kubernetes()[1]["spec"]["strategy"]["rollingUpdate"]
    assert (update["maxUnavailable"], update["maxSurge"]) == rolling
    assert broken_rules(described.kubernetes()) == []


def test_the_claims_folder_is_given_to_the_server(deployment: Deployment) -> None:
    pod = deployment.kubernetes()[1]["spec"]["template"]["spec"]
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]
    claim, mount = pod["volumes"][0]["persistentVolumeClaim"], pod["containers"][0]["volumeMounts"][0]
    assert "readOnly" not in claim, "Kubernetes gives no group to a claim that is read-only"
    assert mount["readOnly"] is True


def test_yaml_is_for_people() -> None:
    labels = {"app": "a"}
    text = to_yaml([{"labels": labels, "again": labels, "config": "one\ntwo\n"}])
    assert text == "labels:\n  app: a\nagain:\n  app: a\nconfig: |\n  one\n  two\n"
