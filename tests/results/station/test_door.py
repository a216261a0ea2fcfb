"""The gateway's door as checks use it: golden pictures are marked, and a refusal is told in the gateway's words."""

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.errors import RpcError, Unreachable, WireError
from aoi_modules.results.station.door import Door
from aoi_modules.verdict import Verdict
from tests.results.station.checked_gateway import CheckedGateway, flat


def test_a_golden_picture_is_marked(checked: CheckedGateway) -> None:
    with Door(Endpoint(checked.url, "")) as door:
        inspection = door.inspect("tile", flat(230))
    assert (inspection.check, inspection.verdict) == (True, Verdict.FAIL)


def test_the_station_tells_its_plan(checked: CheckedGateway) -> None:
    with Door(Endpoint(checked.url, "")) as door:
        (standing,) = door.station().components
    assert standing.plan is not None
    assert (standing.component, standing.plan.golden) == ("tile", str(checked.golden))


def test_a_refusal_is_told_in_the_words_of_the_gateway(checked: CheckedGateway) -> None:
    with (
        Door(Endpoint(checked.url, "")) as door,
        pytest.raises(RpcError, match="one with a plan in the routes' `checks`"),
    ):
        door.unlock("chair", "Grace", "the lamp was changed")


def test_nobody_there(free_port: int) -> None:
    with (
        Door(Endpoint(f"http://127.0.0.1:{free_port}", "")) as door,
        pytest.raises(Unreachable, match="aoi gateway starts one"),
    ):
        door.station()


def test_what_is_no_gateway_is_told(checked: CheckedGateway) -> None:
    with Door(Endpoint(f"{checked.url}/v1", "")) as door, pytest.raises((RpcError, WireError)):
        door.station()
