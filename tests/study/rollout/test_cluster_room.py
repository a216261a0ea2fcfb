"""A trainee's room: made, refused, placed in; and on a real cluster the servables are really carried there."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.local.building import image_name
from aoi_modules.errors import CourseError
from aoi_modules.serving.launchers.docker import IMAGE
from aoi_modules.study.rollout.cluster_room import LABEL, ClusterRoom
from tests.cluster.live.api import Api, running_api

CONTAINER = {"name": "server", "image": IMAGE}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "fashion"},
    "spec": {"replicas": 2, "template": {"spec": {"containers": [CONTAINER]}}},
}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with running_api(tmp_path) as (found, kubeconfig):
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(kubeconfig))
        yield found


@pytest.fixture
def room(api: Api) -> Iterator[ClusterRoom]:
    with Cluster() as cluster:
        yield ClusterRoom(cluster, "lesson7-ada", node="node1")


def test_a_cluster_that_was_not_named_is_not_asked(api: Api, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no cluster was named"):
        ClusterRoom.open("", "lesson7-ada", "7", tmp_path)
    assert api.asked == []


def test_a_namespace_of_others_is_left_alone(api: Api, room: ClusterRoom) -> None:
    api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": room.name}})
    with pytest.raises(CourseError, match="no lesson made it"):
        room.remove()
    assert api.names("Namespace") == [room.name]


def test_a_room_of_an_earlier_try_goes(api: Api, room: ClusterRoom) -> None:
    room.remove()
    api.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": room.name, "labels": {LABEL: "7"}}})
    room.remove()
    assert api.names("Namespace") == []


def test_pods_go_where_the_claim_is_with_an_image_that_comes(api: Api, room: ClusterRoom) -> None:
    room.image = image_name("model-server")
    written = copy.deepcopy(DEPLOYMENT)
    room.apply([written])
    pod = api.of("Deployment", "fashion", room.name)["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"kubernetes.io/hostname": "node1"}
    assert pod["containers"][0]["image"] == image_name("model-server")
    assert written == DEPLOYMENT
    room.take_away([written])
    assert api.names("Deployment") == []


def test_it_says_what_pods_wait_for(api: Api, room: ClusterRoom) -> None:
    room.apply([DEPLOYMENT])
    meta = {"name": "fashion-1-x", "namespace": room.name}
    condition = {"type": "PodScheduled", "status": "False", "message": "0/2 nodes are available"}
    api.put({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "status": {"conditions": [condition]}})
    assert room.wait("fashion", 0) == "no node takes it: 0/2 nodes are available"


def test_it_is_ready_when_all_pods_of_this_change_are(api: Api, room: ClusterRoom) -> None:
    room.apply([DEPLOYMENT])
    found = api.of("Deployment", "fashion", room.name)
    generation = found["metadata"]["generation"]
    found["status"] = {"observedGeneration": generation, "readyReplicas": 2, "updatedReplicas": 1}
    assert room.wait("fashion", 0) == "0 of 0 are ready"
    found["status"]["updatedReplicas"] = 2
    assert room.wait("fashion", 0) == ""
