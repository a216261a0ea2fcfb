"""Waiting ends when all is ready, when it never will be, or in time."""

import pytest

from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.standing import Standing
from aoi_modules.cluster.live.waiting import NotReady, wait_until_ready
from tests.cluster.live.api import Api
from tests.cluster.live.objects import job


def test_it_ends_when_all_is_ready_and_tells_each_change(api: Api, cluster: Cluster) -> None:
    found = api.put(job("migrations"))
    told: list[list[Standing]] = []

    def tell(now: list[Standing]) -> None:
        told.append(list(now))
        found["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}

    (ready,) = wait_until_ready(cluster, [job("migrations")], 60, tell)  # type: ignore[arg-type]
    assert ready.ready
    assert [one.ready for (one,) in told] == [False, True]


def test_it_ends_at_once_when_it_never_will_be(api: Api, cluster: Cluster) -> None:
    api.put(job("migrations"))["status"] = {"conditions": [{"type": "Failed", "status": "True", "message": "m"}]}
    with pytest.raises(NotReady, match="1 of 1 are not ready and will not become so by itself: Job migrations: m"):
        wait_until_ready(cluster, [job("migrations")], 60)


def test_it_ends_in_time(api: Api, cluster: Cluster) -> None:
    api.put(job("migrations"))
    with pytest.raises(NotReady, match="not ready after 0 s: Job migrations: it runs") as raised:
        wait_until_ready(cluster, [job("migrations")], 0)
    assert [one.name for one in raised.value.found] == ["Job migrations"]
