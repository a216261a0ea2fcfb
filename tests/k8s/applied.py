"""The line in the cluster of KUBECONFIG, as tests speak with it: by `aoi k8s`, by kubectl, and at its door."""

import base64
import json
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from aoi_modules.cluster.kustomize import kubectl
from aoi_modules.machine.free_ports import free_ports
from tests.cluster.overlays import K8S
from tests.in_process import Ended, aoi

SECONDS = 900
"""How long images may take to come, and everything to become ready."""
HOST = "gateway.aoi.svc"


def done(*words: object) -> Ended:
    """What a command of `aoi k8s` said that went well."""
    ended = aoi("k8s", *words)
    assert ended.returncode == 0, ended.stderr
    return ended


def run(*words: str, text: str | None = None, seconds: float = 120) -> str:
    """What kubectl says."""
    ended = tried(*words, text=text, seconds=seconds)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def tried(*words: str, text: str | None = None, seconds: float = 120) -> "subprocess.CompletedProcess[str]":
    """What kubectl says, whether it went well or not."""
    return subprocess.run([kubectl(), *words], input=text, capture_output=True, text=True, check=False, timeout=seconds)


def read(*words: str) -> Any:
    """An object, or a list of them, by `kubectl get`."""
    return json.loads(run("get", *words, "-o", "json"))


def ready_pods(namespace: str, app: str) -> list[Any]:
    """The pods of an app that are ready and stay."""
    pods = read("pods", "-n", namespace, "-l", f"app.kubernetes.io/name={app}")["items"]
    return [one for one in pods if "deletionTimestamp" not in one["metadata"] and _is_ready(one)]


def _is_ready(pod: Any) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any((one["type"], one["status"]) == ("Ready", "True") for one in conditions)


def until(condition: Callable[[], object], what: str, seconds: float = 240, pause: float = 0.5) -> float:
    """Waits for something; how long it took, in seconds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + seconds, f"{what} did not come within {seconds:.0f} s"
        time.sleep(pause)
    return time.monotonic() - start


def secret(name: str, namespace: str) -> dict[str, str]:
    """The texts of a Secret."""
    return {
        key: base64.b64decode(value).decode() for key, value in read("secret", name, "-n", namespace)["data"].items()
    }


@contextmanager
def forwarded(namespace: str, service: str, port: int) -> Iterator[int]:
    """A port of this machine that leads to a pod of a Service."""
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
    _registry("push", str(folder))


def newest() -> int:
    """The newest version of the model in the cluster's store."""
    return max(int(one["version"]) for one in json.loads(_registry("list", "lamp", "--json")))


def _registry(*words: str) -> str:
    """What a command of `aoi registry` says about the cluster's store."""
    with forwarded("aoi-data", "s3", 8333) as port:
        place = f"s3://models?endpoint=http://127.0.0.1:{port}"
        environment = {**os.environ, **secret("s3-admin", "aoi-data"), "AWS_CONFIG_FILE": "/dev/null"}
        command = [str(K8S.parent / ".venv" / "bin" / "aoi"), "registry", *words, "--registry", place]
        ended = subprocess.run(command, env=environment, check=True, timeout=120, stdout=subprocess.PIPE, text=True)
    return ended.stdout


def authority() -> str:
    """The certificate of who signed the gateway's own."""
    return run("-n", "aoi", "get", "configmap", "gateway-ca", "-o", r"jsonpath={.data.ca\.crt}")


def machine_key(name: str) -> str:
    """A key by which a machine may send pictures; a new one each time, also in a line of an earlier run."""
    words = ("aoi", "gateway", "key", "add", f"{name}-{secrets.token_hex(3)}")
    return run("-n", "aoi", "exec", "gateway-0", "-c", "gateway", "--", *words).split()[0]


@contextmanager
def door() -> Iterator[urllib3.HTTPSConnectionPool]:
    """The gateway's Service, by TLS of its own authority."""
    file = Path(f"/tmp/aoi-cluster-{os.getpid()}.crt")
    file.write_text(authority())
    with forwarded("aoi", "gateway", 443) as port:
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1", port, ca_certs=str(file), assert_hostname=HOST, server_hostname=HOST, timeout=30
        )
        yield pool
        pool.close()
    file.unlink()


def recorded() -> set[str]:
    """The ids of the inspections in the cluster's database."""
    query = ("-d", "results", "-Atc", "select replace(id::text, '-', '') from inspections")
    psql = ("psql", "-h", "/var/run/postgresql", "-U", "aoi", *query)
    return set(run("-n", "aoi-data", "exec", "postgresql-0", "--", *psql).split())
