"""Model servers become more under load, by what their processors really do, and fewer when it ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.k8s.applied import read, ready_pods, run, tried, until
from tests.k8s.changed import applied, patch, write_changed
from tests.k8s.report import not_tried, tell
from tests.k8s.test_resources import pod

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]
LOAD = ("load", "--grpc=dns:///model-serving.aoi:8500", "--model=lamp", "--clients=16", "--seconds=600")
SHORT = {"stabilizationWindowSeconds": 15, "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}]}
"""How one goes back, in place of five minutes of waiting and a pod a minute."""


@pytest.fixture
def load() -> Iterator[dict[str, Any]]:
    """A pod of sixteen clients that ask as fast as they are answered; gone in the end."""
    yield pod("scaling", *LOAD, app="jupyter")
    _no_load()


def _no_load() -> None:
    tried("-n", "jupyter", "delete", "pod", "scaling", "--grace-period=0", "--force", "--ignore-not-found")


def measured() -> int | None:
    """What servers use of what is promised to them, in percent; None before the first figures."""
    status = read("hpa", "model-serving", "-n", "aoi").get("status", {})
    found = status.get("currentMetrics") or [{}]
    value: int | None = found[0].get("containerResource", {}).get("current", {}).get("averageUtilization")
    return value


def servers() -> set[str]:
    """The model servers that are ready."""
    return {one["metadata"]["name"] for one in ready_pods("aoi", "model-serving")}


def test_model_servers_become_more_under_load_and_fewer_without_it(mine: Path, load: dict[str, Any]) -> None:
    if not tried("get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes").stdout:
        not_tried("autoscaling: this cluster has no metrics-server")
        pytest.skip("no metrics-server")
    short = {"op": "replace", "path": "/spec/behavior/scaleDown", "value": SHORT}
    changed = write_changed(
        mine, "scaled", patch("HorizontalPodAutoscaler", "model-serving", short), components=["hpa"]
    )
    before = servers()
    with applied(mine, changed):
        until(lambda: measured() is not None, "the first figures of processors")
        assert servers() == before, "who scales goes on with the pods that are there"
        idle = measured()
        run("apply", "-f", "-", text=json.dumps(load))
        up = until(lambda: len(servers()) > 2, "a third model server that is ready", 300)
        busy, most = measured(), len(servers())
        _no_load()
        down = until(lambda: len(servers()) == 2, "two model servers again", 300)
    tell(
        f"autoscaling: 2 to {most} model servers {up:.0f} s after the load began, as {idle}% became {busy}% of what is"
    )
    tell(f"  promised; 2 again {down:.0f} s after its end, with scaleDown {json.dumps(SHORT)}")
