"""The rooms that watch the line, in a cluster: Prometheus finds everybody by names of Services, and nobody is down."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.gateway.conftest import picture_bytes
from tests.k8s.applied import SECONDS, done, door, forwarded, machine_key, read, run, until
from tests.k8s.cameras import CONFINED, IMAGE, PERSON
from tests.k8s.changed import applied, patch, write_changed
from tests.k8s.report import not_tried, tell
from tests.k8s.watching.rule_files import alerts

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]
ROOMS = ("prometheus", "alertmanager", "node-exporter", "watchers", "postgresql-exporter")
PRIVATE = "not a shared or slave mount"
WITHOUT_LATE_MOUNTS = patch(
    "DaemonSet",
    "node-exporter",
    {"op": "remove", "path": "/spec/template/spec/containers/0/volumeMounts/0/mountPropagation"},
)
FIGURES = {
    "pictures that gateways were asked for": "sum(aoi_gateway_requests_total)",
    "requests that model servers answered": 'sum(:tensorflow:serving:request_count{model_name="lamp"})',
    "databases that answer their exporter": "sum(pg_up)",
    "nodes whose memory is known": "count(node_memory_MemTotal_bytes)",
}
"""What is looked up, and the question to Prometheus."""


class Prometheus:
    """Its API, through its Service."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1"
        self._pool = urllib3.PoolManager(timeout=30)

    def asked(self, path: str, **fields: str) -> Any:
        answer = self._pool.request("GET", f"{self._url}/{path}", fields=fields)
        assert answer.status == 200, answer.data
        return answer.json()["data"]

    def targets(self) -> list[dict[str, Any]]:
        """Everybody whom it found."""
        found: list[dict[str, Any]] = self.asked("targets", state="active")["activeTargets"]
        return found

    def knows(self, query: str) -> bool:
        """Whether a question has its answer, which is 1 or more."""
        found = self.asked("query", query=query)["result"]
        return bool(found) and float(found[0]["value"][1]) >= 1


def expected() -> dict[str, int]:
    """How many of each are in this cluster."""
    return {"prometheus": 1, "alertmanager": 1, "postgresql": 1, "gateway": 2, "model-server": 2,
            "node": len(read("nodes")["items"])}  # fmt: skip


def nodes_share_their_mounts() -> bool:
    """Whether a pod may see what is mounted on its node later, as the node exporter wants to; not everywhere."""
    mount = {"name": "host", "mountPath": "/host", "readOnly": True, "mountPropagation": "HostToContainer"}
    container = {
        "name": "main",
        "image": IMAGE,
        "command": ["true"],
        "volumeMounts": [mount],
        "securityContext": CONFINED,
    }
    spec = {"restartPolicy": "Never", "securityContext": PERSON, "containers": [container],
            "volumes": [{"name": "host", "hostPath": {"path": "/"}}]}  # fmt: skip
    place = {"name": "mounts", "namespace": "nodes"}
    run("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": place, "spec": spec}))

    def said() -> str:
        return json.dumps(read("pod", "mounts", "-n", "nodes")["status"])

    try:
        until(lambda: "Succeeded" in said() or PRIVATE in said(), "a pod that sees its node")
        if PRIVATE not in said():
            return True
        not_tried("disks that come to a node later, for the node exporter: nodes here keep their mounts to themselves")
        return False
    finally:
        run("-n", "nodes", "delete", "pod", "mounts", "--grace-period=0", "--force")


def test_prometheus_finds_everybody_and_nobody_is_down(mine: Path) -> None:
    not_tried("Grafana: its image is not to be had everywhere; its questions are asked of a real Prometheus elsewhere")
    not_tried("kube-state-metrics and NVIDIA's exporter: their images are not everywhere, and their jobs find nobody")
    patches = [] if nodes_share_their_mounts() else [WITHOUT_LATE_MOUNTS]
    watched = write_changed(mine, "watched", *patches, bases=ROOMS)
    with applied(mine, watched):
        done("wait", f"{watched}/", "--within", SECONDS)
        with forwarded("monitoring", "prometheus", 9090) as port:
            _look_round(Prometheus(port))


def _look_round(prometheus: Prometheus) -> None:
    """Holds what it found and knows to what is there."""

    def all_are_up() -> bool:
        return Counter(one["labels"]["job"] for one in prometheus.targets() if one["health"] == "up") == expected()

    try:
        took = until(all_are_up, "everybody", pause=2)
    except AssertionError:
        raise AssertionError([(one["scrapeUrl"], one["lastError"]) for one in prometheus.targets()]) from None
    down = [(one["scrapeUrl"], one["lastError"]) for one in prometheus.targets() if one["health"] != "up"]
    assert down == []
    _one_picture()
    for what, query in FIGURES.items():
        until(partial(prometheus.knows, query), what, pause=2)
    loaded = [rule for group in prometheus.asked("rules")["groups"] for rule in group["rules"]]
    assert {rule["name"] for rule in loaded if rule["type"] == "alerting"} == set(alerts())
    assert {rule["health"] for rule in loaded} <= {"ok", "unknown"}
    assert len(prometheus.asked("alertmanagers")["activeAlertmanagers"]) == 1
    counts = ", ".join(f"{count} {job}" for job, count in expected().items())
    firing = sorted(one["labels"]["alertname"] for one in prometheus.asked("alerts")["alerts"])
    tell(f"Prometheus found everybody and had their metrics {took:.0f} s after the rooms were there: {counts}")
    tell(f"  {len(alerts())} alerts loaded; of these pending or firing: {', '.join(firing) or 'none'}")


def _one_picture() -> None:
    key = machine_key("watched-camera")
    with door() as pool:
        head = {"Authorization": f"Bearer {key}"}
        assert pool.request("POST", "/v1/inspect/tile", body=picture_bytes(), headers=head).status == 200
