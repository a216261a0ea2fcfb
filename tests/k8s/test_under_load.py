"""The line in a cluster while pictures come: versions, rollouts, drained nodes and killed pods cost none of them."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.servables import write_lamp
from tests.k8s import nodes
from tests.k8s.applied import push, read, recorded, run, tried, until
from tests.k8s.cameras import Outcome, cameras, told
from tests.k8s.report import not_tried, tell

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800), pytest.mark.usefixtures("mine")]
RATE = float(os.environ.get("AOI_CLUSTER_RATE", "100"))
"""Pictures a second; fewer where the cluster has little to give."""
ROLLOUT_SECONDS = 300
KILLING_SECONDS = 180


def rolled_out(workload: str) -> None:
    run("-n", "aoi", "rollout", "status", workload, f"--timeout={ROLLOUT_SECONDS}s", seconds=ROLLOUT_SECONDS + 30)


def all_are_recorded(outcomes: list[Outcome]) -> None:
    """Waits until each answered inspection has its row."""
    answered = {one.id for one in outcomes if one.id}
    assert answered
    until(lambda: answered <= recorded(), "the row of each answered picture", pause=3)


def none_failed(during: str, outcomes: list[Outcome]) -> None:
    tell(f"{during}: {told(outcomes)}")
    assert not any(one.failed for one in outcomes), told(outcomes)


def all_answered(during: str, outcomes: list[Outcome]) -> None:
    """Each picture has an inspection; one under which two model servers ended is one for a person, with that reason."""
    tell(f"{during}: {told(outcomes)}")
    assert not any(one.error for one in outcomes), told(outcomes)


def test_a_new_version_is_served_within_half_a_minute_and_costs_no_picture(tmp_path: Path) -> None:
    with cameras(RATE) as line:
        before = max(one.version or 0 for one in line.outcomes())
        pushed = time.time()
        push(write_lamp(tmp_path / "next") / "1")
        until(lambda: line.outcomes()[-1].version == before + 1, "an answer of the new version")
        time.sleep(15)
        outcomes = line.end()
    first = next(one.due + one.seconds for one in outcomes if one.version == before + 1)
    none_failed(f"a new version, answering {first - pushed:.1f} s after its push began", outcomes)
    assert {one.version for one in outcomes} == {before, before + 1}
    assert first - pushed < 30
    all_are_recorded(outcomes)


@pytest.mark.parametrize("workload", ["deployment/model-serving", "statefulset/gateway"])
def test_a_rolling_update_and_its_way_back_cost_no_picture(workload: str) -> None:
    with cameras(RATE) as line:
        run("-n", "aoi", "rollout", "restart", workload)
        rolled_out(workload)
        run("-n", "aoi", "rollout", "undo", workload)
        rolled_out(workload)
        time.sleep(5)
        outcomes = line.end()
    none_failed(f"{workload} rolled on and back", outcomes)
    all_are_recorded(outcomes)


def node_names() -> list[str]:
    return sorted(one["metadata"]["name"] for one in read("nodes")["items"])


@pytest.fixture
def second() -> Iterator[str]:
    """A node that may go, which is not that of the cameras. It takes pods again in the end."""
    names = node_names()
    if len(names) < 2:
        not_tried("nodes that go: this cluster has one")
        pytest.skip("a node goes where there are two")
    yield names[1]
    run("uncordon", names[1])


def test_a_drained_node_loses_no_answered_picture(second: str) -> None:
    with cameras(RATE, repeats=True, node=node_names()[0]) as line:
        run("drain", second, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=300s", seconds=330)
        run("uncordon", second)
        time.sleep(10)
        outcomes = line.end()
    none_failed("a node drained", outcomes)
    all_are_recorded(outcomes)


def test_pods_that_are_killed_at_random_lose_no_answered_picture() -> None:
    chance = random.Random(17)
    killed: list[str] = []
    with cameras(RATE, repeats=True) as line:
        end = time.monotonic() + KILLING_SECONDS
        while time.monotonic() < end:
            pods = read("pods", "-n", "aoi", "-l", "app.kubernetes.io/name in (gateway, model-serving)")["items"]
            one = chance.choice([pod["metadata"]["name"] for pod in pods])
            tried("-n", "aoi", "delete", "pod", one, "--grace-period=0", "--force")
            killed.append(one)
            time.sleep(chance.uniform(10, 20))
        until(lambda: _ready("gateway") and _ready("model-serving"), "the line after its kills", 400)
        time.sleep(10)
        outcomes = line.end()
    all_answered(f"{len(killed)} pods killed at random", outcomes)
    all_are_recorded(outcomes)


def test_a_lost_node_loses_no_answered_picture(second: str) -> None:
    """Its gateway's spool is on its disk: what it answered and had not stored is there again when the node is."""
    if not nodes.known():
        not_tried("a lost node: AOI_CLUSTER names no program that takes a node's power")
        pytest.skip("AOI_CLUSTER names no program")
    with cameras(RATE, repeats=True, node=node_names()[0]) as line:
        time.sleep(5)
        lost = time.time()
        nodes.lose(second)
        try:
            time.sleep(60)
        finally:
            nodes.give_back(second)
        until(lambda: _ready("gateway") and _ready("model-serving"), "the line after the node's return", 400)
        time.sleep(10)
        outcomes = line.end()
    moved = [one for one in outcomes if lost + 5 < one.due < lost + 60]
    slow = sum(one.seconds > 1 for one in moved)
    tell(f"5 s after the loss of a node, for 55 s: {told(moved)}; {slow} took over a second")
    all_answered("a node lost and back", outcomes)
    all_are_recorded(outcomes)


def _ready(app: str) -> bool:
    pods = read("pods", "-n", "aoi", "-l", f"app.kubernetes.io/name={app}")["items"]
    return len(pods) == 2 and all(
        status["ready"] for pod in pods for status in pod["status"].get("containerStatuses", [{"ready": False}])
    )
