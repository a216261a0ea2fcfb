"""What is tried on a cluster, and in which words; with KUBECONFIG on a real one."""

from pathlib import Path

import pytest

from aoi_modules.study.clusters import recorded, scenes
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.pages import FAULTS
from aoi_modules.study.clusters.room import Room
from tests.study.clusters.programs import written


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A cluster that agrees to everything, and whose pods are always in trouble."""
    program = written(
        tmp_path / "kubectl", f"cat >> {tmp_path / 'given'}", f"echo {' '.join(set(scenes.SHOWS.values()))}"
    )
    return Room(Kubectl(program, "kind", "Kubernetes v1.37.1"), "room")


def test_a_fault_is_looked_at_from_the_outside_to_the_inside(room: Room, tmp_path: Path) -> None:
    heard = scenes.faulty(room, FAULTS["image"])
    asked = [one.line.split()[1] for one in heard]
    assert asked == ["get", "describe", "logs", "get", "get"]
    assert "python:3.12-slmi" in (tmp_path / "given").read_text()


def test_a_quota_comes_before_its_pods(room: Room, tmp_path: Path) -> None:
    scenes.quota(room)
    given = (tmp_path / "given").read_text()
    assert given.index("kind: ResourceQuota") < given.index("kind: Deployment")
    assert "replicas: 3" in given


def test_two_programs_want_one_port_of_one_node(room: Room, tmp_path: Path) -> None:
    scenes.one_port(room, "node1")
    given = (tmp_path / "given").read_text()
    assert given.count("hostPort: 9000") == 2
    assert given.count("kubernetes.io/hostname: node1") == 2


def test_external_addresses_are_asked_for(room: Room, tmp_path: Path) -> None:
    scenes.external(room)
    assert "externalIPs:" in (tmp_path / "given").read_text()


@pytest.mark.cluster
@pytest.mark.timeout(1800)
def test_a_cluster_says_today_what_it_said() -> None:
    kubectl = Kubectl.find(Kubectl.current())
    seen = recorded.read()
    rooms = Room(kubectl, "lesson2-test-quota"), Room(kubectl, "lesson2-test-fault")
    try:
        for one in rooms:
            one.make()
        assert "exceeded quota: trainees" in scenes.quota(rooms[0])[1].said
        pods = scenes.faulty(rooms[1], FAULTS["module"])[0].said
        assert "CrashLoopBackOff" in pods
        assert "CrashLoopBackOff" in seen.faults["module"][0].said
    finally:
        for one in rooms:
            one.remove()
