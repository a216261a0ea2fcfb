"""Who gets what in a cluster: equal shares of the model servers, a quota that refuses, GPUs that are there or not."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.k8s import nodes
from tests.k8s.applied import read, run, tried, until
from tests.k8s.cameras import CONFINED, IMAGE, PERSON
from tests.k8s.report import not_tried, tell

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800), pytest.mark.usefixtures("mine")]
CLIENTS, LOAD_SECONDS = 16, 20
GPU = "nvidia.com/gpu"
FREE = "default"
"""A namespace without a quota."""
METRICS = "http://127.0.0.1:8501/monitoring/prometheus/metrics"
PREDICTS = re.compile(r'^:tensorflow:serving:request_count\{model_name="lamp",status="OK"\} (\d+)', re.MULTILINE)


def pod(name: str, *words: str, namespace: str = "jupyter", app: str = "trial", **resources: Any) -> dict[str, Any]:
    """A pod of ours that runs `aoi` with some words, and then ends."""
    container = {
        "name": "main",
        "image": IMAGE,
        "args": list(words),
        "resources": {
            "requests": {"cpu": "10m", "memory": "128Mi", **resources},
            "limits": {"memory": "256Mi", **resources},
        },
        "securityContext": CONFINED,
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "priorityClassName": "aoi-trainees",
        "securityContext": PERSON,
        "containers": [container],
    }
    metadata = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/name": app}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@pytest.fixture
def own() -> Iterator[str]:
    """A name for a pod in the namespace of the trainees, or in one without a quota; it is gone in the end."""
    yield "trial"
    for namespace in ("jupyter", FREE):
        tried("-n", namespace, "delete", "pod", "trial", "--grace-period=0", "--force", "--ignore-not-found")


def answered() -> dict[str, int]:
    """Requests that each model server has answered."""
    code = f"import urllib.request as u; print(u.urlopen('{METRICS}').read().decode())"
    pods = read("pods", "-n", "aoi", "-l", "app.kubernetes.io/name=model-serving")["items"]
    counts = {}
    for name in (one["metadata"]["name"] for one in pods):
        text = run("-n", "aoi", "exec", name, "-c", "server", "--", "python", "-c", code)
        counts[name] = sum(map(int, PREDICTS.findall(text)))
    return counts


def ended_well(name: str, namespace: str = "jupyter") -> bool:
    phase: str = read("pod", name, "-n", namespace)["status"]["phase"]
    return phase == "Succeeded"


def test_sixteen_clients_give_each_of_two_servers_its_half(own: str) -> None:
    before = answered()
    ways = ("--grpc=dns:///model-serving.aoi:8500", "--model=lamp")
    words = ("load", *ways, f"--clients={CLIENTS}", f"--seconds={LOAD_SECONDS}", "--json")
    run("apply", "-f", "-", text=json.dumps(pod(own, *words, app="jupyter")))
    until(lambda: ended_well(own), "the end of the load")
    counts = {name: count - before[name] for name, count in answered().items()}
    shares = sorted(count / sum(counts.values()) for count in counts.values())
    told = " and ".join(f"{one:.0%}" for one in shares)
    tell(f"{CLIENTS} clients by gRPC: {sum(counts.values())} requests, shares {told}")
    assert len(shares) == 2
    assert shares[0] >= 0.4


def test_a_quota_refuses_what_is_too_much(own: str) -> None:
    ended = tried("apply", "-f", "-", text=json.dumps(pod(own, "--version", **{GPU: "1"})))
    assert ended.returncode != 0
    assert "exceeded quota: trainees" in ended.stderr
    tell(f"a trainee's pod with a GPU: {ended.stderr.strip().partition('forbidden: ')[2]}")


def offered() -> bool:
    return all(one["status"]["allocatable"].get(GPU) == "1" for one in read("nodes")["items"])


def test_a_gpu_is_had_where_one_is_free_and_else_the_event_says_so(own: str) -> None:
    if not nodes.known():
        not_tried("GPUs that are placed: AOI_CLUSTER names no program that offers some")
        pytest.skip("AOI_CLUSTER names no program")
    nodes.offer_gpus(1)
    until(lambda: all(one["status"]["allocatable"].get(GPU) == "1" for one in read("nodes")["items"]), "GPUs")
    run("apply", "-f", "-", text=json.dumps(pod(own, "--version", namespace=FREE, **{GPU: "1"})))
    until(lambda: ended_well(own, FREE), "a pod with a GPU")
    run("-n", FREE, "delete", "pod", own)
    run("apply", "-f", "-", text=json.dumps(pod(own, "--version", namespace=FREE, **{GPU: "2"})))

    def why() -> str:
        events = read("events", "-n", FREE, "--field-selector", f"involvedObject.name={own}")["items"]
        return " ".join(one["message"] for one in events if one["reason"] == "FailedScheduling")

    until(lambda: f"Insufficient {GPU}" in why(), "the reason of a pod that waits")
    tell(f"a pod that asks for two GPUs of one node waits: {why()[:120]}")
