"""How what was applied does, with the reason of what is not ready."""

from typing import Any

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.standing import Standing, standings
from tests.cluster.live.api import Api
from tests.cluster.live.objects import config, event, job, running, workload

DEPLOYMENT = workload("Deployment", "server")


def with_status(api: Api, one: dict[str, Any], **status: Any) -> dict[str, Any]:
    found = api.put(one)
    found["status"] = status
    return found


def only(cluster: Cluster, one: dict[str, Any]) -> Standing:
    (found,) = standings(cluster, [one, config("not-watched")])
    return found


def test_what_is_not_there_will_not_come(cluster: Cluster) -> None:
    assert only(cluster, DEPLOYMENT) == Standing("aoi", "Deployment server", False, why="it is not there", lost=True)


def test_a_workload_is_ready_with_all_its_pods_of_this_version(api: Api, cluster: Cluster) -> None:
    found = with_status(api, workload("Deployment", "server"), readyReplicas=1, updatedReplicas=1, observedGeneration=1)
    api.put(running("server"))
    assert only(cluster, DEPLOYMENT) == Standing("aoi", "Deployment server", True, "1/1")
    found["metadata"]["generation"] = 2
    assert only(cluster, DEPLOYMENT).ready is False, "the change has not been seen yet"
    found["status"] |= {"observedGeneration": 2, "updatedReplicas": 0}
    assert only(cluster, DEPLOYMENT).why == "its pods are being changed"


def test_the_pod_that_is_not_ready_says_why(api: Api, cluster: Cluster) -> None:
    with_status(api, workload("Deployment", "server"), observedGeneration=1)
    waiting = {"name": "server", "state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}
    api.put(running("server", False, containerStatuses=[waiting]))
    found = only(cluster, DEPLOYMENT)
    assert (found.count, found.why) == ("0/1", "server-0: server: ErrImagePull: not found")


def test_pods_that_are_refused_are_told_by_the_set_that_asked_for_them(api: Api, cluster: Cluster) -> None:
    with_status(api, workload("Deployment", "server"), observedGeneration=1)
    refused = event("rs", "FailedCreate", "exceeded quota: trainees")
    refused["involvedObject"] |= {"kind": "ReplicaSet", "name": "server-5d9f"}
    api.put(refused)
    assert only(cluster, DEPLOYMENT).why == "FailedCreate: exceeded quota: trainees"
    api.objects = {place: one for place, one in api.objects.items() if one["kind"] != "Event"}
    assert only(cluster, DEPLOYMENT).why == "its pods start"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([{"type": "Complete", "status": "True"}], Standing("aoi", "Job migrations", True, "done")),
        (
            [{"type": "Failed", "status": "True", "message": "too many tries"}],
            Standing("aoi", "Job migrations", False, "failed", "too many tries", lost=True),
        ),
        ([], Standing("aoi", "Job migrations", False, "runs", "it runs")),
    ],
)
def test_a_job(api: Api, cluster: Cluster, conditions: list[Any], expected: Standing) -> None:
    with_status(api, job("migrations"), conditions=conditions)
    assert only(cluster, job("migrations")) == expected


def test_a_failed_job_is_told_by_its_log(api: Api, cluster: Cluster) -> None:
    with_status(api, job("migrations"), conditions=[{"type": "Failed", "status": "True"}])
    ended = {"name": "job", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}
    pod = running("migrations", False, containerStatuses=[ended])
    pod["metadata"]["labels"] = {"job-name": "migrations"}
    api.put(pod)
    api.logs["migrations-0", "job"] = "error: the database does not answer\n"
    assert "job ended with 1 (Error): error: the database does not answer" in only(cluster, job("migrations")).why


def test_what_tells_by_a_condition(api: Api, cluster: Cluster) -> None:
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "server", "namespace": "aoi"},
    }
    found = api.put(dict(scaler))
    assert "nobody has looked at it yet" in only(cluster, scaler).why
    found["status"] = {
        "conditions": [{"type": "ScalingActive", "status": "False", "reason": "NoMetrics", "message": "m"}]
    }
    assert only(cluster, scaler).why == "NoMetrics: m"
    found["status"]["conditions"][0]["status"] = "True"
    assert only(cluster, scaler).ready
