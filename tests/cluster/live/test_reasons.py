"""Why a pod is not ready is found in its conditions, its containers, its events and its logs."""

from typing import Any

import pytest

from aoi_modules.cluster.live.reasons import is_ready, newest_message, why_not_ready
from tests.cluster.live.objects import event, running

LOGS = {("server", True): ["loading", "error: /models: permission denied", ""], ("server", False): ["waiting for tile"]}


def why(pod: dict[str, Any], *events: dict[str, Any]) -> str:
    return why_not_ready(pod, events, lambda container, previous: LOGS.get((container, previous), []))


def with_container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return running("x", False, containerStatuses=[{"name": "server", "state": state, "ready": False, **more}])


def test_no_node_takes_it() -> None:
    message = "0/2 nodes are available: 2 Insufficient nvidia.com/gpu."
    conditions = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}]
    assert why({**running("x"), "status": {"conditions": conditions}}) == f"no node takes it: {message}"


@pytest.mark.parametrize(
    ("pod", "events", "said"),
    [
        (
            with_container({"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling "aoi/gateway:9"'}}),
            [],
            'server: ImagePullBackOff: Back-off pulling "aoi/gateway:9"',
        ),
        (
            with_container(
                {"waiting": {"reason": "CrashLoopBackOff"}},
                lastState={"terminated": {"exitCode": 1, "reason": "Error"}},
            ),
            [],
            "server ended with 1 (Error): error: /models: permission denied",
        ),
        (
            with_container({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}),
            [],
            "server ended with 137 (OOMKilled): waiting for tile",
        ),
        (
            with_container({"running": {}}),
            [event("pod-x", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")],
            "server: Readiness probe failed: HTTP probe failed with statuscode: 503; its log: waiting for tile",
        ),
        (with_container({"running": {}}), [], "server starts; its log: waiting for tile"),
        (
            with_container({"waiting": {"reason": "ContainerCreating"}}),
            [event("pod-x", "FailedMount", 'secret "database" not found')],
            'secret "database" not found',
        ),
        (with_container({"waiting": {"reason": "ContainerCreating"}}), [], ""),
        (
            with_container({"waiting": {"reason": "PodInitializing"}}),
            [
                event("pod-x", "Failed", "not found"),
                event("pod-x", "Pulling", 'Pulling image "aoi/jupyter:1"', kind="Normal", when="2026-01-02T00:00:00Z"),
            ],
            'Pulling image "aoi/jupyter:1"',
        ),
    ],
)
def test_what_a_container_waits_for(pod: dict[str, Any], events: list[dict[str, Any]], said: str) -> None:
    assert why(pod, *events) == said


def test_an_init_container_speaks_first() -> None:
    failed = {"name": "server", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    failed["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error"}}
    pod = running("x", False, initContainerStatuses=[failed], containerStatuses=[])
    assert "permission denied" in why(pod)


def test_a_pod_that_ends_says_so() -> None:
    pod = running("x")
    assert is_ready(pod)
    pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert not is_ready(pod)
    assert why(pod) == "it is ending"


def test_the_newest_warning_counts() -> None:
    events = [
        event("x", "FailedCreate", "new", when="2026-01-02T00:00:00Z"),
        event("x", "FailedCreate", "old"),
        event("x", "Scheduled", "fine", kind="Normal", when="2026-01-03T00:00:00Z"),
    ]
    assert newest_message(events) == "FailedCreate: new"
    assert newest_message([]) == ""


def test_a_long_message_is_cut() -> None:
    assert len(newest_message([event("x", "R", "word " * 200)])) < 320
