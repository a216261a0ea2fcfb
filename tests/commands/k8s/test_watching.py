"""`aoi k8s status` and `wait`, as a user calls them."""

import json
from pathlib import Path

import pytest

from tests.cluster.live.api import Api
from tests.cluster.live.objects import ready_at_once
from tests.commands.k8s.mine import write_overlay
from tests.in_process import aoi


@pytest.fixture
def mine(api: Api, tmp_path: Path) -> Path:
    """An overlay that is applied and ready."""
    ready_at_once(api)
    folder = write_overlay(tmp_path)
    assert aoi("k8s", "apply", folder).returncode == 0
    return folder


def test_all_ready_is_a_table_and_0(mine: Path) -> None:
    ended = aoi("k8s", "status", mine)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("1/1") == 2
    waited = aoi("k8s", "wait", mine)
    assert (waited.returncode, waited.stdout) == (0, ended.stdout)
    assert waited.stderr == "3 of 3 ready\n"


def test_what_is_not_ready_is_told_with_the_reason_and_1(api: Api, mine: Path) -> None:
    api.objects.pop(("v1", "pods", "aoi", "server-0"))
    ended = aoi("k8s", "status", mine, "--json")
    server = next(one for one in json.loads(ended.stdout) if one["name"] == "Deployment server")
    assert (ended.returncode, server["ready"], server["why"]) == (1, False, "its pods start")
    waited = aoi("k8s", "wait", mine, "--within", 0)
    assert waited.returncode == 1
    assert "error: 1 of 3 are not ready after 0 s: Deployment server: its pods start" in waited.stderr
    assert "its pods start" in waited.stdout


def test_nothing_applied_is_told(api: Api) -> None:
    ended = aoi("k8s", "status", "local")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "local: the cluster has nothing of it\n  aoi k8s apply local" in ended.stderr


def test_without_a_cluster_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    ended = aoi("k8s", "wait", "local")
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: no cluster is known here: ")
    assert "Traceback" not in ended.stderr
