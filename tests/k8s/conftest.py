"""An overlay like `local` in the cluster of KUBECONFIG: there for all tests of a run, gone with its data afterwards."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.cluster.live.connection import Cluster
from tests.client.servables import write_lamp
from tests.cluster.overlays import K8S
from tests.in_process import aoi
from tests.k8s import report
from tests.k8s.applied import SECONDS, done, push, read

KEEP = bool(os.environ.get("AOI_CLUSTER_KEEP"))
"""Whether the line stays after the run, and one that stayed is used; for who writes these tests."""


def name_servers() -> list[dict[str, object]]:
    """Ways to name servers that are no pods, for the policy `names`."""
    slices = read("endpointslices", "-n", "kube-system", "-l", "kubernetes.io/service-name=kube-dns")
    ways: list[dict[str, object]] = []
    for one in slices["items"]:
        peers = [
            {"ipBlock": {"cidr": f"{address}/32"}}
            for end in one["endpoints"]
            if end.get("targetRef", {}).get("kind") != "Pod"
            for address in end["addresses"]
        ]
        if peers:
            ports = [{"protocol": port["protocol"], "port": port["port"]} for port in one["ports"]]
            ways.append({"to": peers, "ports": ports})
    return ways


@pytest.fixture(scope="session")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An overlay like `local` that fits this cluster, applied and ready, with a model in its registry."""
    folder = tmp_path_factory.mktemp("cluster") / "trial"
    folder.mkdir()
    with Cluster() as cluster:
        there = cluster.get("v1", "Namespace", "aoi") is not None
    assert KEEP or not there, "this cluster has a line already; it is left alone"
    ways = [{"op": "add", "path": "/spec/egress/-", "value": way} for way in name_servers()]
    gone = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "jupyter", "namespace": "jupyter"}}
    service = {**gone, "apiVersion": "v1", "kind": "Service"}
    patches: list[dict[str, Any]] = [{"patch": json.dumps({**one, "$patch": "delete"})} for one in (gone, service)]
    if ways:
        patches.append({"target": {"kind": "NetworkPolicy", "name": "names"}, "patch": json.dumps(ways)})
    routes = {"components": {"tile": {"model": "lamp", "upstream": "dns:///model-serving:8500", "timeout_ms": 10_000}}}
    (folder / "routes.yaml").write_text(json.dumps(routes))
    config = {"name": "gateway-routes", "namespace": "aoi", "behavior": "replace", "files": ["routes.yaml"]}
    text = {
        "resources": [os.path.relpath(K8S / "overlays" / "local", folder)],
        "patches": patches,
        "configMapGenerator": [{**config, "options": {"disableNameSuffixHash": True}}],
    }
    (folder / "kustomization.yaml").write_text(json.dumps(text))
    try:
        if not there:
            start(folder)
        yield folder
    finally:
        if not KEEP:
            aoi("k8s", "delete", f"{folder}/", "--with-data")


def start(folder: Path) -> None:
    """Applies the overlay, pushes a model, and waits until everything is ready."""
    begun = time.monotonic()
    done("secrets", f"{folder}/")
    done("apply", f"{folder}/", "--within", SECONDS)
    push(write_lamp(folder / "lamp") / "1")
    done("wait", f"{folder}/", "--within", SECONDS)
    report.tell(f"everything Ready after {time.monotonic() - begun:.0f} s")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was seen in the cluster, and what it lacks."""
    if not report.FIGURES:
        return
    terminalreporter.section("the line in this cluster")
    for figure in report.FIGURES:
        terminalreporter.line(figure)
    for what in report.NOT_TRIED:
        terminalreporter.line(f"not tried: {what}")
