"""What the files of k8s/ say of themselves: versions, secrets, links, and what fits a small node."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes.utils.quantity import parse_quantity

from aoi_modules.cluster.images import is_ours
from aoi_modules.cluster.policies.pods import LASTING, parts, pods
from aoi_modules.gateway.routes import read_routes
from tests.cluster.overlays import K8S, OVERLAYS, Object, combined, one, overlay
from tests.docker.versions import VERSIONS
from tests.documents import ROOT

FILES = sorted(K8S.rglob("*.yaml"))
NODE, OWN_PODS = 2.0, 0.95
"""CPUs of a small node, and what the pods of a cluster itself are promised there."""


def test_our_images_have_the_version_of_the_package() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    found = {part["image"] for name in OVERLAYS for _, part in parts(overlay(name)) if is_ours(part["image"])}
    assert {image.rpartition(":")[2] for image in found} == {version}
    names = {image.partition(":")[0].removeprefix("aoi/") for image in found}
    assert names == {"gateway", "model-server", "model-sync", "jupyter", "jupyter-gpu"}


def test_images_of_others_are_those_of_versions_env() -> None:
    others = {part["image"] for name in OVERLAYS for _, part in parts(overlay(name)) if not is_ours(part["image"])}
    known = {value for name, value in VERSIONS.items() if name.endswith("_IMAGE")}
    assert others <= known | {f"{VERSIONS['TENSORFLOW_SERVING_IMAGE']}-gpu"}


def test_no_file_has_a_secret() -> None:
    tracked = subprocess.run(["git", "ls-files", "k8s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in [ROOT / name for name in tracked.split() if name.endswith((".yaml", ".yml", ".json"))]:
        for item in documents(path):
            assert (item or {}).get("kind") != "Secret" or not ({"data", "stringData"} & set(item)), path
            assert "secretGenerator" not in (item or {}), path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(K8S)))
def test_every_file_is_yaml_and_is_used(path: Path) -> None:
    assert documents(path)
    if path.name == "kustomization.yaml" or path.parent.name in ("gpu-time-slicing", "gpu-mig", "jupyterhub"):
        return
    assert path.name in (path.parent / "kustomization.yaml").read_text()


def test_the_routes_are_those_of_a_gateway() -> None:
    routes = read_routes(K8S / "base" / "gateway" / "routes.yaml")
    assert routes.components["tile"].upstream == "dns:///model-serving:8500"


def test_local_fits_a_node_of_two_cpus_with_all_that_runs_at_once() -> None:
    objects = overlay("local")
    lasting = [pod for pod in pods(objects) if pod.owner["kind"] in LASTING]
    jobs = [pod for pod in pods(objects) if pod.owner["kind"] == "Job"]
    promised = sum(pod.replicas * requested(pod.containers, "cpu") for pod in lasting)
    assert OWN_PODS + promised + max(requested(pod.containers, "cpu") for pod in jobs) <= NODE
    memory = sum(pod.replicas * requested(pod.containers, "memory") for pod in lasting)
    assert memory < 5 * 2**30


def requested(containers: list[Object], amount: str) -> float:
    return sum(float(parse_quantity(one["resources"]["requests"][amount])) for one in containers)


@pytest.mark.parametrize(
    ("components", "console", "port"), [([], "object-store-console", 23646), (["minio"], "minio-console", 9001)]
)
def test_a_store_shows_its_console_whatever_else_runs_on_the_node(
    components: list[str], console: str, port: int, tmp_path: Path
) -> None:
    """The old set-up's flaw: the console and TensorFlow Serving wanted one port of one machine."""
    objects = combined(tmp_path, components)
    service = one(objects, "Service", console)["spec"]
    assert [item["port"] for item in service["ports"]] == [port]
    selected = [pod for pod in pods(objects) if service["selector"].items() <= pod.labels.items()]
    (store,) = selected
    listening = {item["name"]: item["containerPort"] for part in store.containers for item in part["ports"]}
    assert (listening["console"], listening["s3"]) == (port, 8333)
    taken = [item.get("hostPort") for _, part in parts(objects) for item in part.get("ports", [])]
    assert not any(taken), "no pod takes a port of the node"
    api = one(objects, "Service", "s3")["spec"]
    assert (api["ports"][0]["port"], api["selector"].items() <= store.labels.items()) == (8333, True)


def test_shares_of_gpus_are_named_as_what_they_are() -> None:
    sharing = documents(K8S / "components" / "gpu-time-slicing" / "device-plugin.yaml")[0]["sharing"]["timeSlicing"]
    assert sharing["renameByDefault"] is True
    assert sharing["failRequestsGreaterThanOne"] is True
    parts_of_gpu = documents(K8S / "components" / "gpu-mig" / "mig-parted.yaml")[0]["mig-configs"]["aoi-trainees"]
    assert parts_of_gpu[0]["mig-devices"] == {"1g.10gb": 7}


def test_the_page_names_every_overlay_and_component_and_its_links_lead_somewhere() -> None:
    text = (K8S / "README.md").read_text()
    for folder in [*(K8S / "overlays").iterdir(), *(K8S / "components").iterdir()]:
        assert f"`{folder.name}`" in text, folder
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (K8S / link).exists(), link


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text()))
