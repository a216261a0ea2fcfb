"""The overlay `local` in a real cluster: applied, ready, a picture from the gateway's door to its row, the way back.

`make cluster-test` runs this on the cluster of KUBECONFIG, which gets the overlay and loses it again, with its data.
Its nodes have to find our images and those of others under the names that the overlay gives them; where those cannot be
had, `images/` has stand-ins. What a cluster may lack, GPUs, load balancers, a controller of Gateway API, is not tried.
"""

from pathlib import Path

import pytest

from tests.gateway.conftest import picture_bytes
from tests.in_process import aoi
from tests.k8s.applied import door, machine_key, newest, recorded, run, until
from tests.k8s.changed import applied, patch, write_changed

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]


@pytest.mark.usefixtures("mine")
def test_a_picture_comes_from_the_door_to_its_row_and_is_counted() -> None:
    key = machine_key("camera")
    with door() as pool:
        answer = pool.request(
            "POST", "/v1/inspect/tile", body=picture_bytes(), headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.status == 200, answer.data
        assert answer.json()["model"] == {"name": "lamp", "version": newest()}
        inspection = answer.json()["id"]
        refused = pool.request("POST", "/v1/inspect/tile", body=picture_bytes())
        assert refused.status == 401
        counted = pool.request("GET", "/metrics").data.decode()
    until(lambda: inspection in recorded(), "its row")
    assert 'aoi_gateway_requests_total{component="tile",status="' in counted


@pytest.mark.usefixtures("mine")
def test_only_named_ways_are_open() -> None:
    code = (
        "import socket\n"
        "for host, port in (('s3.aoi-data', 8333), ('postgresql.aoi-data', 5432)):\n"
        "    try: socket.create_connection((host, port), 5).close(); print(host, 'reached')\n"
        "    except OSError: print(host, 'refused')\n"
    )
    said = run("-n", "aoi", "exec", "deployment/model-serving", "-c", "server", "--", "python", "-c", code)
    assert said.splitlines() == ["s3.aoi-data reached", "postgresql.aoi-data refused"]


def test_one_goes_back_to_the_set_before(mine: Path) -> None:
    two = patch("PodDisruptionBudget", "gateway", {"op": "replace", "path": "/spec/maxUnavailable", "value": 2})
    budget = ("-n", "aoi", "get", "pdb", "gateway", "-o", "jsonpath={.spec.maxUnavailable}")
    with applied(mine, write_changed(mine, "loose", two)):
        assert run(*budget) == "2"
    assert run(*budget) == "1"


def test_what_the_cluster_refuses_is_told(mine: Path) -> None:
    on_the_node = {"op": "add", "path": "/spec/template/spec/hostNetwork", "value": True}
    refused = write_changed(mine, "refused", patch("Deployment", "model-serving", on_the_node))
    with applied(mine, refused):
        ended = aoi("k8s", "wait", f"{refused}/", "--within", 60)
    assert ended.returncode == 1
    assert 'violates PodSecurity "restricted' in ended.stderr
