"""What was applied is kept in the cluster, the last sets of it."""

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.records import APPLIED, APPLYING, KEPT, Records, home_of
from aoi_modules.errors import ClusterError
from tests.cluster.live.api import Api
from tests.cluster.live.objects import ROOM, config, line
from tests.cluster.overlays import OVERLAYS, overlay


def test_a_set_comes_back_as_it_was(cluster: Cluster) -> None:
    records = Records(cluster, "local")
    assert records.newest() is None
    kept = records.begin(line())
    newest = records.newest()
    assert newest is not None
    assert (newest.number, newest.state, newest.objects) == (1, APPLYING, line())
    records.end(kept)
    assert records.kept()[0].state == APPLIED


def test_one_goes_back_to_the_last_set_that_was_applied_wholly(cluster: Cluster) -> None:
    records = Records(cluster, "local")
    with pytest.raises(ClusterError, match="nothing to go back to: the cluster has nothing of it"):
        records.before()
    records.end(records.begin([ROOM, config("a")]))
    with pytest.raises(ClusterError, match="the cluster has 1 set of it"):
        records.before()
    records.begin([ROOM, config("broken")])
    records.begin([ROOM, config("c")])
    assert records.before().objects == [ROOM, config("a")]


def test_the_last_ones_stay_and_other_overlays_are_left_alone(api: Api, cluster: Cluster) -> None:
    other = Records(cluster, "prod")
    other.end(other.begin([ROOM]))
    records = Records(cluster, "local")
    for number in range(KEPT + 2):
        records.end(records.begin([ROOM, config(str(number))]))
    assert [one.number for one in records.kept()] == list(range(KEPT + 2, 2, -1))
    records.forget()
    assert api.names("ConfigMap") == ["applied.prod.1"]


def test_two_at_once_are_told_apart(api: Api, cluster: Cluster) -> None:
    def somebody_else_begins(method: str, path: str) -> None:
        if method == "POST":
            api.refuse = lambda method, path: None
            Records(cluster, "local").begin([ROOM])

    api.refuse = somebody_else_begins
    with pytest.raises(ClusterError, match="somebody else applies it at this moment"):
        Records(cluster, "local").begin([ROOM])


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_overlay_fits(cluster: Cluster, name: str) -> None:
    kept = Records(cluster, name).begin(overlay(name))
    assert len(kept.place["binaryData"]["objects"]) < 200_000, "a ConfigMap may have a megabyte"


def test_sets_lie_in_the_first_namespace() -> None:
    assert home_of(line()) == "aoi"
    assert home_of([config("a")]) == "aoi"
    assert home_of([{**ROOM, "metadata": {"name": "other"}}]) == "other"
    assert home_of([]) == "default"


def only_in(api: Api, room: str) -> None:
    """Lets who asks look into one namespace, as a Role does."""

    def refuse(method: str, path: str) -> tuple[int, str] | None:
        if method == "GET" and path.endswith("/configmaps") and f"/namespaces/{room}/" not in path:
            return (
                403,
                'configmaps is forbidden: User "somebody" cannot list resource "configmaps" at the cluster scope',
            )
        return None

    api.refuse = refuse


def test_who_may_look_into_one_namespace_alone_finds_its_sets(api: Api, cluster: Cluster) -> None:
    only_in(api, "aoi")
    records = Records(cluster, "local", "aoi")
    assert records.kept() == []
    records.end(records.begin(line()))
    assert [one.number for one in records.kept()] == [1]
    assert Records(cluster, "local").newest() is not None, "by the name alone, too"
    with pytest.raises(ClusterError, match="does not allow this"):
        Records(cluster, "another").newest()


def test_by_its_name_alone_a_set_elsewhere_is_found_by_who_may_look_everywhere(cluster: Cluster) -> None:
    room = {**ROOM, "metadata": {"name": "class"}}
    records = Records(cluster, "class", home_of([room]))
    records.end(records.begin([room]))
    assert Records(cluster, "class").kept()[0].objects == [room]
