"""`aoi k8s apply`, `rollback`, `delete` and `secrets`, as a user calls them."""

import json
from pathlib import Path

from tests.cluster.live.api import Api
from tests.cluster.live.objects import line, ready_at_once, workload
from tests.commands.k8s.mine import write_overlay
from tests.in_process import aoi


def test_an_overlay_is_applied_changed_rolled_back_and_deleted(api: Api, tmp_path: Path) -> None:
    ready_at_once(api)
    mine = write_overlay(tmp_path)
    applied = aoi("k8s", "apply", mine)
    assert applied.returncode == 0, applied.stderr
    assert applied.stdout == f"mine: 5 objects are applied, as set 1; aoi k8s wait {mine}\n"
    assert "rooms: 1 objects" in applied.stderr
    changed = line()
    changed[0]["spec"]["replicas"] = 2
    write_overlay(tmp_path, changed)
    assert "as set 2" in aoi("k8s", "apply", mine).stdout
    assert aoi("k8s", "rollback", mine).stdout == "mine: set 1 is applied again, as set 3\n"
    assert api.of("Deployment", "server")["spec"]["replicas"] == 1
    assert aoi("k8s", "delete", mine).stdout == "mine: 4 objects are deleted; claims, Secrets and namespaces stay\n"
    again = aoi("k8s", "rollback", mine)
    assert (again.returncode, "there is nothing to go back to" in again.stderr) == (1, True)


def test_a_dry_run_says_what_the_cluster_refuses(api: Api, tmp_path: Path) -> None:
    mine = write_overlay(tmp_path)
    assert aoi("k8s", "apply", mine, "--dry-run").stdout == "mine: the cluster takes all 5 objects\n"
    api.refuse = lambda method, path: (422, "spec.replicas: bad") if path.endswith("/server") else None
    ended = aoi("k8s", "apply", mine, "--dry-run")
    assert (ended.returncode, ended.stdout) == (1, "Deployment server: spec.replicas: bad\n")
    assert api.names("Deployment") == []


def test_a_stage_that_does_not_become_ready_ends_it_with_the_reason(api: Api, tmp_path: Path) -> None:
    ended = aoi("k8s", "apply", write_overlay(tmp_path), "--within", 0)
    assert ended.returncode == 1
    assert "error: 1 of 1 are not ready after 0 s: StatefulSet store" in ended.stderr


def test_secrets_are_made_and_never_printed(api: Api, tmp_path: Path) -> None:
    volumes = [{"name": "tls", "secret": {"secretName": "gateway-tls"}}]
    container = {"name": "c", "envFrom": [{"secretRef": {"name": "s3-gateway"}}]}
    mine = write_overlay(
        tmp_path, [*line(), workload("StatefulSet", "gateway", volumes=volumes, containers=[container])]
    )
    listed = aoi("k8s", "secrets", mine, "--list")
    assert listed.stdout == "aoi/gateway-tls\naoi/s3-gateway\n"
    assert api.asked == []
    made = aoi("k8s", "secrets", mine)
    assert made.stdout == "aoi/gateway-tls: made\naoi/s3-gateway: made\n", made.stderr
    assert json.loads(aoi("k8s", "secrets", mine, "--json").stdout) == {
        "aoi/gateway-tls": False,
        "aoi/s3-gateway": False,
    }
    for one in api.objects.values():
        for value in one.get("data", {}).values() if one["kind"] == "Secret" else []:
            assert value not in made.stdout + made.stderr
