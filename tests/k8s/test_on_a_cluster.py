"""The overlay `local` in a real cluster: applied, ready, a picture from the gateway's door to its row, the way back.

`make cluster-test` runs this on the cluster of KUBECONFIG, which gets the overlay and loses it again, with its data.
Its nodes have to find our images and those of others under the names that the overlay gives them; where those of
PostgreSQL and SeaweedFS cannot be had, `images/` has stand-ins. Jupyter is left out: its image has 3.5 GB. What a
cluster may lack, GPUs, load balancers and a controller of Gateway API, is not tried.
"""

import json
import os
from pathlib import Path

import pytest

from tests.cluster.overlays import K8S
from tests.gateway.conftest import picture_bytes
from tests.in_process import aoi
from tests.k8s.applied import SECONDS, done, door, machine_key, recorded, run, until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]


@pytest.mark.usefixtures("mine")
def test_a_picture_comes_from_the_door_to_its_row_and_is_counted() -> None:
    key = machine_key("camera")
    with door() as pool:
        answer = pool.request(
            "POST", "/v1/inspect/tile", body=picture_bytes(), headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.status == 200, answer.data
        assert answer.json()["model"] == {"name": "lamp", "version": 1}
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
    text = json.loads((mine / "kustomization.yaml").read_text())
    change = [{"op": "replace", "path": "/spec/maxUnavailable", "value": 2}]
    text["patches"].append({"target": {"kind": "PodDisruptionBudget", "name": "gateway"}, "patch": json.dumps(change)})
    changed = mine.parent / "changed" / "trial"
    changed.mkdir(parents=True)
    text["resources"] = [os.path.relpath(K8S / "overlays" / "local", changed)]
    (changed / "kustomization.yaml").write_text(json.dumps(text))
    (changed / "routes.yaml").write_text((mine / "routes.yaml").read_text())
    done("apply", f"{changed}/", "--within", SECONDS)
    budget = ("-n", "aoi", "get", "pdb", "gateway", "-o", "jsonpath={.spec.maxUnavailable}")
    assert run(*budget) == "2"
    done("rollback", f"{mine}/", "--within", SECONDS)
    assert run(*budget) == "1"


def test_what_the_cluster_refuses_is_told(mine: Path) -> None:
    context = ["add", "/spec/template/spec/hostNetwork", True]
    text = json.loads((mine / "kustomization.yaml").read_text())
    patch = json.dumps([dict(zip(("op", "path", "value"), context, strict=True))])
    text["patches"].append({"target": {"kind": "Deployment", "name": "model-serving"}, "patch": patch})
    bad = mine.parent / "bad" / "trial"
    bad.mkdir(parents=True)
    text["resources"] = [os.path.relpath(K8S / "overlays" / "local", bad)]
    (bad / "kustomization.yaml").write_text(json.dumps(text))
    (bad / "routes.yaml").write_text((mine / "routes.yaml").read_text())
    done("apply", f"{bad}/", "--within", SECONDS)
    ended = aoi("k8s", "wait", f"{bad}/", "--within", 60)
    assert ended.returncode == 1
    assert 'violates PodSecurity "restricted' in ended.stderr
    done("rollback", f"{mine}/", "--within", SECONDS)
    done("wait", f"{mine}/", "--within", SECONDS)
