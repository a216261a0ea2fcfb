"""Jupyter's file on a cluster; without one, a kubectl of a few lines answers as it would."""

from pathlib import Path

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.jupyter_live import open_jupyter
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.room import Room, tidy
from tests.course.exercises.clusters.answers import jupyter_file
from tests.study.clusters.programs import written


def cluster(tmp_path: Path, *lines: str) -> Kubectl:
    return Kubectl(written(tmp_path / "kubectl", *lines), "kind", "Kubernetes v1.37.1")


def test_a_refusal_comes_in_the_clusters_words(task: Task, tmp_path: Path) -> None:
    refusing = cluster(tmp_path, "grep -q 'kind: Deployment' && { echo 'error: exceeded quota' >&2; exit 1; }; exit 0")
    with pytest.raises(Hint, match="the cluster refuses it: exceeded quota"):
        open_jupyter(refusing, jupyter_file(task), task)


def test_a_pod_that_does_not_become_ready_says_why(task: Task, tmp_path: Path) -> None:
    waiting = cluster(tmp_path, 'case "$1" in rollout) echo "no node takes it" >&2; exit 1 ;; esac')
    with pytest.raises(Hint, match="does not become ready: no node takes it"):
        open_jupyter(waiting, jupyter_file(task), task)


def test_an_image_that_cannot_be_had_is_no_fault_of_the_readers(task: Task, tmp_path: Path) -> None:
    away = cluster(tmp_path, 'case "$1" in rollout) echo "jupyter: ImagePullBackOff" >&2; exit 1 ;; esac')
    assert "was not opened" in open_jupyter(away, jupyter_file(task), task)


def test_a_service_that_leads_nowhere_is_named(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Room.answer, "__defaults__", (0.0,))
    closed = cluster(tmp_path, 'case "$1" in port-forward) echo "error: no pods" ;; esac')
    with pytest.raises(Hint, match="nobody answers through the Service"):
        open_jupyter(closed, jupyter_file(task), task)


@pytest.mark.cluster
@pytest.mark.timeout(1800)
def test_jupyter_opens_on_a_cluster(task: Task) -> None:
    kubectl = Kubectl.find(Kubectl.current())
    try:
        said = open_jupyter(kubectl, jupyter_file(task), task)
        assert "opens with its token" in said or "cannot get the image" in said
        assert Room(kubectl, task.namespace).listed("services")
    finally:
        assert tidy(kubectl, task.namespace) == 1
