"""What was recorded is said to be recorded, and shows what the lesson says of it."""

from pathlib import Path

import pytest

from aoi_modules.study.clusters import recorded
from aoi_modules.study.clusters.edits import EDITS, KINDS
from aoi_modules.study.clusters.pages import FAULTS
from aoi_modules.study.clusters.scenes import SHOWS

SEEN = recorded.read()
REFUSED = {
    "port of the pod",
    "memory of the pod",
    "variable of the pod",
    "reclaim policy of the class",
    "provisioner of the class",
    "address of the Service",
}


def test_it_says_where() -> None:
    assert SEEN.where.startswith("recorded on a cluster with Kubernetes v1.")


def test_the_pages_in_order_came_through_their_service() -> None:
    assert [one.code for one in SEEN.right] == [0, 0, 0, 0]
    assert SEEN.right[-1].said == "pictures of the line"


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_shows(name: str) -> None:
    heard = SEEN.faults[name]
    said = "\n".join(one.said for one in heard)
    assert SHOWS.get(name, "pages") in said
    assert heard[-1].refused, "the page does not come"


def test_silent_faults_are_silent() -> None:
    for name in ("selector", "port"):
        pods = SEEN.faults[name][0].said
        assert "1/1" in pods
        assert "Running" in pods


def test_the_quota_lets_two_of_three_in_and_says_why() -> None:
    pods, event, _, without = SEEN.quota
    assert "2/3" in pods.said
    assert "exceeded quota: trainees" in event.said
    assert "must specify" in without.said


def test_every_change_has_its_answer_and_half_are_refused() -> None:
    assert list(SEEN.edits) == [one.name for one in EDITS]
    assert {name for name, heard in SEEN.edits.items() if heard.refused} == REFUSED
    assert set(SEEN.live) == set(KINDS)


def test_the_older_client_refuses_by_itself_and_the_newer_one_does_it() -> None:
    _, old, _, new, memory, pod = SEEN.older
    assert old.refused
    assert "subresource" in old.said
    assert not new.refused
    assert memory.said == "96Mi"
    assert "Running" in pod.said


def test_external_addresses_and_a_port_of_a_node() -> None:
    assert "externalIPs" in SEEN.external[0].said
    assert "free ports" in SEEN.one_port[1].said


def test_without_a_cluster_nothing_is_recorded(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before = recorded.FILE.read_bytes()
    assert recorded.main([]) == 1
    assert "expected a context" in capsys.readouterr().err
    (tmp_path / "kubectl").write_text("")
    assert recorded.main(["no-such-context", str(tmp_path / "kubectl")]) == 1
    assert "no cluster answers" in capsys.readouterr().err
    assert recorded.FILE.read_bytes() == before
