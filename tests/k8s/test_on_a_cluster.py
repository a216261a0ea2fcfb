"""The overlay `local` in a real cluster: applied, ready, a picture from the gateway's door to its row, the way back.

`make cluster-test` runs this on the cluster of KUBECONFIG, which gets the overlay and loses it again, with its data.
Its nodes have to find our images and those of others under the names that the overlay gives them; where those of
PostgreSQL and SeaweedFS cannot be had, `images/` has stand-ins. Jupyter is left out: its image has 3.5 GB. What a
cluster may lack, GPUs, load balancers and a controller of Gateway API, is not tried.
"""

import base64
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from aoi_modules.cluster.kustomize import kubectl
from aoi_modules.cluster.live.connection import Cluster
from tests.client.servables import write_lamp
from tests.cluster.overlays import K8S
from tests.documents import free_ports
from tests.gateway.conftest import picture_bytes
from tests.in_process import Ended, aoi

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]
SECONDS = 900
"""How long images may take to come, and everything to become ready."""
HOST = "gateway.aoi.svc"


def done(*words: object) -> Ended:
    """What a command said that went well."""
    ended = aoi("k8s", *words)
    assert ended.returncode == 0, ended.stderr
    return ended


def run(*words: str) -> str:
    """What kubectl says."""
    ended = subprocess.run([kubectl(), *words], capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def secret(name: str, namespace: str) -> dict[str, str]:
    """The texts of a Secret."""
    data = json.loads(run("-n", namespace, "get", "secret", name, "-o", "json"))["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


@contextmanager
def forwarded(namespace: str, service: str, port: int) -> Iterator[int]:
    """A port of this machine that leads to a Service."""
    (here,) = free_ports(1)
    command = [kubectl(), "-n", namespace, "port-forward", f"service/{service}", f"{here}:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "Forwarding" in process.stdout.readline()
        yield here
    finally:
        process.kill()
        process.communicate()


def push(folder: Path) -> None:
    """Pushes a servable into the cluster's store."""
    with forwarded("aoi-data", "s3", 8333) as port:
        place = f"s3://models?endpoint=http://127.0.0.1:{port}"
        keys = secret("s3-admin", "aoi-data")
        environment = {**os.environ, **keys, "AWS_CONFIG_FILE": "/dev/null"}
        command = [str(K8S.parent / ".venv" / "bin" / "aoi"), "registry", "push", str(folder), "--registry", place]
        subprocess.run(command, env=environment, check=True, timeout=120)


def name_servers() -> list[dict[str, object]]:
    """Ways to name servers that are no pods, for the policy `names`."""
    slices = json.loads(
        run("-n", "kube-system", "get", "endpointslices", "-l", "kubernetes.io/service-name=kube-dns", "-o", "json")
    )
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


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An overlay like `local` that fits this cluster, applied and ready, with a model in its registry."""
    folder = tmp_path_factory.mktemp("cluster") / "trial"
    folder.mkdir()
    with Cluster() as cluster:
        assert cluster.get("v1", "Namespace", "aoi") is None, "this cluster has a line already; it is left alone"
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
    done("secrets", f"{folder}/")
    try:
        done("apply", f"{folder}/", "--within", SECONDS)
        push(write_lamp(folder / "lamp") / "1")
        done("wait", f"{folder}/", "--within", SECONDS)
        yield folder
    finally:
        aoi("k8s", "delete", f"{folder}/", "--with-data")


@contextmanager
def door() -> Iterator[urllib3.HTTPSConnectionPool]:
    """The gateway's Service, by TLS of its own authority."""
    authority = Path(f"/tmp/aoi-cluster-{os.getpid()}.crt")
    authority.write_text(run("-n", "aoi", "get", "configmap", "gateway-ca", "-o", r"jsonpath={.data.ca\.crt}"))
    with forwarded("aoi", "gateway", 443) as port:
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1", port, ca_certs=str(authority), assert_hostname=HOST, server_hostname=HOST, timeout=30
        )
        yield pool
        pool.close()
    authority.unlink()


def rows() -> int:
    """Inspections in the cluster's database."""
    query = ("-d", "results", "-Atc", "select count(*) from inspections")
    psql = ("psql", "-h", "/var/run/postgresql", "-U", "aoi", *query)
    return int(run("-n", "aoi-data", "exec", "postgresql-0", "--", *psql))


@pytest.mark.usefixtures("mine")
def test_a_picture_comes_from_the_door_to_its_row_and_is_counted() -> None:
    inside = ("-n", "aoi", "exec", "gateway-0", "-c", "gateway", "--")
    key = run(*inside, "aoi", "gateway", "key", "add", "camera").split()[0]
    with door() as pool:
        answer = pool.request(
            "POST", "/v1/inspect/tile", body=picture_bytes(), headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.status == 200, answer.data
        assert answer.json()["model"] == {"name": "lamp", "version": 1}
        refused = pool.request("POST", "/v1/inspect/tile", body=picture_bytes())
        assert refused.status == 401
        counted = pool.request("GET", "/metrics").data.decode()
    end = time.monotonic() + 60
    while rows() < 1 and time.monotonic() < end:
        time.sleep(1)
    assert rows() == 1
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
