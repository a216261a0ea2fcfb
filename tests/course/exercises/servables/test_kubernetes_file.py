"""Exercise 7.2 on a real cluster: the reader's file is applied, and its Service asked by both protocols."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import yaml

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.servables.kubernetes_file import check_kubernetes_file
from aoi_modules.course.exercises.servables.tasks import Task
from aoi_modules.study.rollout.cluster_room import ClusterRoom
from tests.course.exercises.test_lesson_7 import lesson_file

TASK = Task.of(Random("a test of 7.2"))
FILE = lesson_file(TASK)


@pytest.fixture
def models(lesson_models: Path, tmp_path: Path) -> Path:
    """A folder with a servable of the name that the exercise asks for."""
    shutil.copytree(lesson_models / "tile", tmp_path / "models/fashion")
    return tmp_path / "models"


@pytest.fixture
def room(models: Path) -> Iterator[ClusterRoom]:
    """A namespace of its own in the cluster of KUBECONFIG."""
    with Cluster() as cluster:
        context = cluster.context
    node = os.environ.get("AOI_TEST_NODE", "")
    found = ClusterRoom.open(context, TASK.namespace, "7", models, node)
    yield found
    found.remove()


def test_without_a_cluster_it_is_read(models: Path) -> None:
    assert "not applied, since no cluster is here" in check_kubernetes_file(FILE, TASK, None, models)


def test_the_task_of_a_neighbour_does_not_fit(models: Path) -> None:
    with pytest.raises(Hint, match="found"):
        check_kubernetes_file(lesson_file(Task.of(Random("a neighbour"))), TASK, None, models)


@pytest.mark.cluster
@pytest.mark.timeout(1800)
def test_it_is_applied_asked_and_taken_away(room: ClusterRoom, models: Path) -> None:
    praise = check_kubernetes_file(FILE, TASK, room, models)
    assert "predictions by gRPC and by HTTP have the scores of the model itself" in praise
    names = {one["metadata"]["name"] for one in yaml.safe_load_all(FILE)}
    left = room.cluster.listed("apps/v1", "Deployment", room.name) + room.cluster.listed("v1", "Service", room.name)
    assert names.isdisjoint(one["metadata"]["name"] for one in left if not one["metadata"].get("deletionTimestamp"))
