"""A camera before a real gateway: a picture a turn, its truth beside it, and an orderly end."""

import queue
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import requests

from aoi_modules.datasets.table import Table, Target
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.line.camera import Camera, Plan, Taken
from aoi_modules.line.faults.kinds import Fault
from aoi_modules.line.pictures import Deck
from aoi_modules.line.tally import Tally
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes


def deck() -> Deck:
    target = Target("defect", np.array([0, 1]), ("good", "defect"))
    pictures = (picture_bytes(size=(64, 48)), picture_bytes(size=(48, 64)))
    return Deck(Table(pictures, (target,), ("a", "b"), ("Free", "Crack")), "tile", stand_in=True)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("gateway")
    with ModelServer() as server:
        routes = f'components: {{tile: {{model: tile, upstream: "{server.address}", store: none}}}}'
        (folder / "routes.yaml").write_text(routes)
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            yield gateway


class Seen:
    """What a camera tells."""

    def __init__(self) -> None:
        self.taken: queue.SimpleQueue[Taken] = queue.SimpleQueue()
        self.troubles: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.tally = Tally()

    def camera(self, url: str, plan: Plan) -> Camera:
        return Camera("camera-1", url, [deck()], plan, self.tally, self.taken.put, self.troubles.put)


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not until():
        assert time.monotonic() < end, "the camera did not come to it"
        time.sleep(0.01)


def test_each_picture_is_recorded_with_what_is_true_about_it(gateway: RunningGateway) -> None:
    seen = Seen()
    with seen.camera(gateway.url, Plan(rate=50.0, defects=0.5, faults={})):
        wait(lambda: seen.tally.inspected >= 12)
    taken = [seen.taken.get() for _ in range(seen.tally.inspected)]
    time.sleep(0.2)
    assert seen.taken.empty(), "a closed camera sends nothing"
    assert len({one.unit for one in taken}) == len(taken)
    answer = requests.get(f"{gateway.url}/v1/inspections?component=tile&limit=500", timeout=30).json()
    kept = {one["id"]: one["origin"] for one in answer["records"]}
    for one in taken:
        origin = kept[one.inspection.id]
        assert (origin["unit"], origin["lot"]) == (one.unit, f"known: {one.picture.truth}")
        assert origin["station"] == "camera-1"
    assert seen.tally.escaped.total + seen.tally.overkilled.total == len(taken)


def test_two_starts_in_one_second_name_no_unit_twice(gateway: RunningGateway) -> None:
    first, second, plan = Seen(), Seen(), Plan(rate=50.0, defects=0.5, faults={})
    with first.camera(gateway.url, plan), second.camera(gateway.url, plan):
        wait(lambda: min(first.tally.inspected, second.tally.inspected) >= 3)
    assert (first.tally.failed, second.tally.failed) == (0, 0)
    units = [seen.taken.get().unit for seen in (first, second) for _ in range(seen.tally.inspected)]
    assert len(units) == len(set(units))


def test_broken_pictures_are_refused_and_dark_ones_count_for_no_rate(gateway: RunningGateway) -> None:
    seen = Seen()
    with seen.camera(gateway.url, Plan(rate=50.0, defects=0.5, faults={Fault.BROKEN: 0.5, Fault.DARK: 0.5})):
        wait(lambda: seen.tally.inspected >= 3 and seen.tally.refused >= 3)
    assert seen.tally.failed == 0
    assert seen.tally.escaped.total + seen.tally.overkilled.total == 0


def test_a_gateway_that_is_away_is_told_and_asked_again(free_port: int) -> None:
    seen = Seen()
    with seen.camera(f"http://127.0.0.1:{free_port}", Plan(rate=50.0, defects=0.5, faults={})):
        assert seen.troubles.get(timeout=60).startswith("camera-1: ")
        assert seen.troubles.get(timeout=60).startswith("camera-1: ")
    assert seen.tally.failed >= 2
    assert seen.tally.inspected == 0
