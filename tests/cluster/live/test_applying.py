"""Objects come in order, what files no longer have goes, and one goes back."""

import copy

import pytest

from aoi_modules.cluster.live.applying import (
    Changes,
    applied_objects,
    apply_overlay,
    delete_overlay,
    make_rooms,
    roll_back,
    try_overlay,
)
from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.records import LABEL
from aoi_modules.cluster.live.waiting import NotReady
from aoi_modules.errors import ClusterError
from tests.cluster.live.api import Api
from tests.cluster.live.objects import ROOM, config, job, line, ready_at_once, workload

QUICK = Changes(seconds=0.0)


def applied(api: Api) -> list[str]:
    """The names of what was applied, in order, without namespaces."""
    return [line.rpartition("/")[2] for line in api.asked if line.startswith("PATCH") and "/namespaces/aoi/" in line]


def test_everything_comes_in_order_and_with_our_label(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    assert apply_overlay(cluster, "local", line(), QUICK) == 1
    assert applied(api)[:4] == ["routes", "store", "migrations", "server"]
    assert api.asked.index("PATCH /api/v1/namespaces/aoi") < api.asked.index("POST /api/v1/namespaces/aoi/configmaps")
    for kind, name in (("Namespace", "aoi"), ("ConfigMap", "routes"), ("Deployment", "server")):
        assert api.of(kind, name)["metadata"]["labels"][LABEL] == "local"
    assert applied_objects(cluster, "local") == line()


def test_the_line_waits_for_its_data_and_what_was_applied_stays(api: Api, cluster: Cluster) -> None:
    with pytest.raises(NotReady, match="StatefulSet store"):
        apply_overlay(cluster, "local", line(), QUICK)
    assert api.names("StatefulSet") == ["store"]
    assert api.names("Deployment") == api.names("Job") == []


def test_what_files_no_longer_have_goes_if_it_is_still_ours(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    extra = [config("old"), config("taken"), {**config("claim"), "kind": "PersistentVolumeClaim"}]
    apply_overlay(cluster, "local", [*line(), *extra], QUICK)
    api.of("ConfigMap", "taken")["metadata"]["labels"][LABEL] = "prod"
    said: list[str] = []
    apply_overlay(cluster, "local", line(), Changes(seconds=0.0, said=said.append))
    assert "old" not in api.names("ConfigMap")
    assert "taken" in api.names("ConfigMap")
    assert api.names("PersistentVolumeClaim") == ["claim"], "what it holds would go with it"
    assert "ConfigMap old: deleted" in said
    assert "ConfigMap taken: stays, since it belongs to somebody else now" in said


def test_a_job_is_done_once_and_anew_when_its_work_changes(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    apply_overlay(cluster, "local", line(), QUICK)
    first = api.of("Job", "migrations")["metadata"]["uid"]
    apply_overlay(cluster, "local", line(), QUICK)
    assert api.of("Job", "migrations")["metadata"]["uid"] == first
    changed = [job("migrations", "other") if one["kind"] == "Job" else one for one in line()]
    apply_overlay(cluster, "local", changed, QUICK)
    found = api.of("Job", "migrations")
    assert found["metadata"]["uid"] != first
    found["status"] = {"conditions": [{"type": "Failed", "status": "True"}]}
    apply_overlay(cluster, "local", changed, QUICK)
    assert api.of("Job", "migrations")["metadata"]["uid"] != found["metadata"]["uid"], "one that failed is tried again"


def test_one_goes_back_to_the_set_before(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    apply_overlay(cluster, "local", line(), QUICK)
    changed = copy.deepcopy(line())
    changed[0]["spec"]["replicas"] = 3
    apply_overlay(cluster, "local", [*changed, config("new")], QUICK)
    assert roll_back(cluster, "local", QUICK) == (1, 3)
    assert api.of("Deployment", "server")["spec"]["replicas"] == 1
    assert "new" not in api.names("ConfigMap")
    assert applied_objects(cluster, "local") == line()


def test_missing_secrets_are_named_before_anything_is_applied(api: Api, cluster: Cluster) -> None:
    needs = workload("Deployment", "server", volumes=[{"name": "t", "secret": {"secretName": "gateway-tls"}}])
    with pytest.raises(ClusterError, match="local: 1 Secrets are missing: aoi/gateway-tls") as raised:
        apply_overlay(cluster, "local", [*line()[1:], needs], QUICK)
    assert "aoi k8s secrets local" in raised.value.hint
    assert api.names("ConfigMap") == []


def test_what_the_cluster_refuses_is_told_with_a_way_out(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    theirs = config("routes")
    theirs["metadata"]["annotations"] = {"written-by": "kubectl"}
    api.put(theirs)
    with pytest.raises(ClusterError, match="ConfigMap routes: Apply failed") as raised:
        apply_overlay(cluster, "local", line(), QUICK)
    assert "--force" in raised.value.hint
    apply_overlay(cluster, "local", line(), Changes(seconds=0.0, force=True))

    said = "updates to statefulset spec for fields other than replicas are forbidden"
    api.refuse = lambda method, path: (422, said) if (method, "statefulsets" in path) == ("PATCH", True) else None
    with pytest.raises(ClusterError, match="StatefulSet store: updates") as raised:
        apply_overlay(cluster, "local", line(), QUICK)
    assert "--cascade=orphan" in raised.value.hint


def test_all_goes_but_what_holds_data(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    apply_overlay(cluster, "local", line(), QUICK)
    api.asked.clear()
    assert delete_overlay(cluster, "local", QUICK) == 4
    gone = [one.rpartition("/")[2] for one in api.asked if one.startswith("DELETE")]
    assert gone == ["server", "migrations", "store", "routes", "applied.local.1"], "the line first"
    assert api.names("Namespace") == ["aoi"]
    with pytest.raises(ClusterError, match="the cluster has nothing of it"):
        delete_overlay(cluster, "local", QUICK)
    apply_overlay(cluster, "local", line(), QUICK)
    delete_overlay(cluster, "local", QUICK, with_data=True)
    assert api.names("Namespace") == []


def test_who_scales_goes_on_from_what_is_there(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    scaled = line()
    (server,) = [one for one in scaled if one["metadata"]["name"] == "server"]
    apply_overlay(cluster, "local", line(), QUICK)
    api.of("Deployment", "server")["spec"]["replicas"] = 4
    del server["spec"]["replicas"]
    apply_overlay(cluster, "local", scaled, QUICK)
    assert api.of("Deployment", "server")["spec"]["replicas"] == 4, "server-side apply would leave one"
    assert applied_objects(cluster, "local") == scaled


@pytest.mark.parametrize("first", ["local", "class"])
def test_what_two_overlays_have_stays_with_the_one_that_is_left(first: str, api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    sets = {"local": line(), "class": [copy.deepcopy(ROOM), config("quota"), config("routes", text="a")]}
    for name in sorted(sets, key=lambda name: name != first):
        apply_overlay(cluster, name, sets[name], QUICK)
    said: list[str] = []
    delete_overlay(cluster, "class", Changes(said=said.append), with_data=True)
    assert api.names("Namespace") == ["aoi"], "the line and its data go on"
    assert "routes" in api.names("ConfigMap")
    assert "quota" not in api.names("ConfigMap")
    told = "stays, since the overlay local has it, too" if first == "local" else "stays, since it belongs to somebody"
    assert all(any(told in one and name in one for one in said) for name in ("Namespace aoi", "ConfigMap routes"))
    delete_overlay(cluster, "local", QUICK, with_data=True)
    assert api.names("Namespace") == []


def test_files_that_no_longer_have_what_another_overlay_has_leave_it(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    apply_overlay(cluster, "class", [copy.deepcopy(ROOM), config("quota")], QUICK)
    apply_overlay(cluster, "local", [*line(), config("quota")], QUICK)
    api.refuse = lambda method, path: (403, "cluster-wide") if path == "/api/v1/configmaps" else None
    apply_overlay(cluster, "local", line(), QUICK)
    assert api.of("ConfigMap", "quota")["metadata"]["labels"][LABEL] == "class"


def test_nothing_applied_is_told(cluster: Cluster) -> None:
    with pytest.raises(ClusterError, match="local: the cluster has nothing of it"):
        applied_objects(cluster, "local")


def test_rooms_alone_and_a_try_that_keeps_nothing(api: Api, cluster: Cluster) -> None:
    make_rooms(cluster, "local", line())
    assert api.names("Namespace") == ["aoi"]
    api.refuse = lambda method, path: (422, "bad field") if path.endswith("/server") else None
    assert try_overlay(cluster, line()) == ["Deployment server: bad field"]
    assert api.names("ConfigMap") == []


def test_a_role_for_the_namespace_of_the_overlay_is_enough(api: Api, cluster: Cluster) -> None:
    ready_at_once(api)
    objects = [one for one in line() if one["kind"] != "Namespace"]
    for number in (1, 2):
        assert apply_overlay(cluster, "local", objects, QUICK) == number
    beyond = [one for one in api.asked if "/namespaces/aoi/" not in one and not one.endswith(("/v1", "/version"))]
    assert beyond == []
