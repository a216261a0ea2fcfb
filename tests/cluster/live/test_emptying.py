"""Claims of gateways that were scaled away: found, emptied by a Job each, and never deleted."""

import copy
from typing import Any

import pytest

from aoi_modules.cli import aoi
from aoi_modules.cluster.live import emptying
from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.emptying import APP, Left, empty_claims, job_for, left_claims
from aoi_modules.cluster.policies.catalogue import broken_policies
from aoi_modules.cluster.policies.pods import found_by
from aoi_modules.cluster.schemas import VERSIONS, wrong_fields
from aoi_modules.commands.k8s.flags import wrong_commands
from aoi_modules.errors import ClusterError
from tests.cluster.live.api import Api
from tests.cluster.overlays import Object, one, overlay

GATEWAY = one(overlay("local"), "StatefulSet", "gateway")
LEFT = Left("aoi", "spool-gateway-2", GATEWAY)


def claim(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": "aoi"}}


def pod(name: str, claim: str, phase: str = "Running", **labels: str) -> Object:
    volumes = [{"name": "spool", "persistentVolumeClaim": {"claimName": claim}}]
    meta = {"name": name, "namespace": "aoi", "labels": labels}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"volumes": volumes},
        "status": {"phase": phase},
    }


def scaled(api: Api, replicas: int, *claims: str) -> None:
    """Gateways as many as said, and claims."""
    found = copy.deepcopy(GATEWAY)
    found["spec"]["replicas"] = replicas
    api.put(found)
    for name in claims:
        api.put(claim(name))


def end_at_once(api: Api, failing: str = "") -> None:
    """A controller whose pods end as soon as their Job is there."""

    def act(job: Object) -> None:
        if job["kind"] != "Job":
            return
        name = job["metadata"]["name"]
        failed = failing and name.endswith(failing)
        job["status"] = {"conditions": [{"type": "Failed" if failed else "Complete", "status": "True"}]}
        job["status"]["conditions"][0]["message"] = "Job has reached the specified backoff limit"
        api.put(pod(f"{name}-x", "", "Failed" if failed else "Succeeded", **{"job-name": name}))
        api.logs[f"{name}-x", "empty"] = "line one\n4096 bytes of the spool were stored\n"

    api.applied = act


def names(cluster: Cluster) -> list[str]:
    return [found.claim for found in left_claims(cluster, overlay("local")) if not found.used_by]


def test_claims_beyond_the_number_that_runs_are_found_if_no_pod_has_them(api: Api, cluster: Cluster) -> None:
    scaled(api, 2, *(f"spool-gateway-{number}" for number in (0, 1, 2, 3, 10)), "spool-gateway-x-3", "data-gateway-4")
    api.put(pod("gateway-3", "spool-gateway-3"))
    api.put(pod("empty-spool-gateway-10-x", "spool-gateway-10", "Succeeded"))
    assert names(cluster) == ["spool-gateway-2", "spool-gateway-10"], "one that ended has nothing to do with it"
    scaled(api, 0)
    assert names(cluster) == [f"spool-gateway-{number}" for number in (0, 1, 2, 10)]


def test_one_whose_gateway_ends_just_now_is_told_and_gets_no_job(api: Api, cluster: Cluster) -> None:
    end_at_once(api)
    scaled(api, 1, "spool-gateway-1", "spool-gateway-2")
    api.put(pod("gateway-1", "spool-gateway-1"))
    found = empty_claims(cluster, left_claims(cluster, overlay("local")), 600)
    assert [(one.left.claim, one.done) for one in found] == [("spool-gateway-2", True), ("spool-gateway-1", False)]
    assert found[1].said == "pod gateway-1 uses it; try again when that has ended"
    assert api.names("Job") == ["empty-spool-gateway-2"]


def test_without_gateways_all_their_claims_are_left(api: Api, cluster: Cluster) -> None:
    api.put(claim("spool-gateway-0"))
    assert names(cluster) == ["spool-gateway-0"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_job_is_one_that_kubernetes_and_the_rules_of_the_line_take(version: str) -> None:
    job = job_for(LEFT, 600)
    assert list(wrong_fields([job], version)) == []
    assert list(wrong_commands([job], aoi)) == []
    assert broken_policies([*overlay("local"), claim("spool-gateway-2") | _labels(), job]) == []


def _labels() -> dict[str, Any]:
    labels = {f"app.kubernetes.io/{name}": "x" for name in ("name", "component", "part-of", "managed-by")}
    return {"metadata": {"name": "spool-gateway-2", "namespace": "aoi", "labels": labels}}


def test_the_job_is_the_gateway_without_its_door() -> None:
    spec = job_for(LEFT, 600)["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    ours = GATEWAY["spec"]["template"]["spec"]["containers"][0]
    assert container["args"] == [
        "gateway", "empty", "--routes=/etc/gateway/routes/routes.yaml", "--results=/var/lib/aoi",
        "--pictures=s3://pictures?endpoint=http://s3.aoi-data:8333", "--within=600",
    ]  # fmt: skip
    for name in ("image", "env", "envFrom", "securityContext"):
        assert container[name] == ours[name]
    assert "ports" not in container
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    assert volumes["spool"]["persistentVolumeClaim"] == {"claimName": "spool-gateway-2"}
    assert set(volumes) == {"spool", "routes", "tmp"}
    assert spec["securityContext"] == GATEWAY["spec"]["template"]["spec"]["securityContext"]


def test_the_network_lets_the_job_to_database_and_store_and_no_service_leads_to_it() -> None:
    objects, labels = overlay("local"), job_for(LEFT, 600)["spec"]["template"]["metadata"]["labels"]
    own = one(objects, "NetworkPolicy", APP)["spec"]
    assert found_by(own["podSelector"], labels)
    assert [port["port"] for way in own["egress"] for port in way["ports"]] == [5432, 8333]
    for name in ("postgresql", "object-store"):
        (way,) = one(objects, "NetworkPolicy", name)["spec"]["ingress"]
        assert any("namespaceSelector" in peer and found_by(peer["podSelector"], labels) for peer in way["from"])
    for service in [item for item in objects if item["kind"] == "Service" and item["metadata"]["namespace"] == "aoi"]:
        assert not service["spec"]["selector"].items() <= labels.items(), service["metadata"]["name"]
    assert not found_by(GATEWAY["spec"]["selector"], labels), "the StatefulSet would count it"


def test_each_claim_is_emptied_and_none_is_deleted(api: Api, cluster: Cluster) -> None:
    end_at_once(api)
    scaled(api, 1, *(f"spool-gateway-{number}" for number in range(3)))
    said: list[str] = []
    for _ in range(2):
        found = empty_claims(cluster, left_claims(cluster, overlay("local")), 600, said.append)
        assert [(one.left.claim, one.done, one.said) for one in found] == [
            (f"spool-gateway-{number}", True, "4096 bytes of the spool were stored") for number in (1, 2)
        ]
    assert said[0] == "Job empty-spool-gateway-1: stores what is on spool-gateway-1"
    assert api.names("Job") == ["empty-spool-gateway-1", "empty-spool-gateway-2"]
    assert len(api.names("PersistentVolumeClaim")) == 3
    assert not [line for line in api.asked if line.startswith("DELETE") and "persistentvolumeclaims" in line]


def test_one_that_fails_holds_up_no_other_and_says_why(api: Api, cluster: Cluster) -> None:
    end_at_once(api, failing="-1")
    scaled(api, 1, "spool-gateway-1", "spool-gateway-2")
    found = empty_claims(cluster, left_claims(cluster, overlay("local")), 600)
    assert [one.done for one in found] == [False, True]
    assert found[0].said == "Job has reached the specified backoff limit"


def test_a_job_that_does_not_end_is_told_in_time(api: Api, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "_MARGIN_SECONDS", 0)
    scaled(api, 1, "spool-gateway-1")
    (found,) = empty_claims(cluster, left_claims(cluster, overlay("local")), 0.2)
    assert (found.done, found.said) == (False, "it runs")


def test_a_set_without_a_gateway_is_refused() -> None:
    other = copy.deepcopy(GATEWAY)
    other["spec"]["template"]["spec"]["containers"][0]["args"] = []
    with pytest.raises(ClusterError, match="StatefulSet gateway: expected a gateway with --results and --routes"):
        job_for(Left("aoi", "spool-gateway-2", other), 600)
