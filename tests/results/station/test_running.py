"""A check that is run: it passes while the station sees what is there, and fails when its lamp changes."""

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.results.station.door import Door
from aoi_modules.results.station.golden import read_golden
from aoi_modules.results.station.running import run_check
from tests.results.station.checked_gateway import CheckedGateway, see


def test_a_station_that_sees_what_is_there_passes_and_one_that_drifts_fails(checked: CheckedGateway) -> None:
    golden, seen = read_golden(checked.golden), list[int]()
    with Door(Endpoint(checked.url, "")) as door:
        first = run_check(door, "tile", golden, "Ada", seen.append)
        second = run_check(door, "tile", golden, "Ada")
        see(checked.server, 0.15)
        drifted = run_check(door, "tile", golden, "Ada")
        assert door.station().components[0].locked == "failing"
        see(checked.server)
        assert run_check(door, "tile", golden, "Ada").passed
        assert door.station().components[0].locked is None
    assert len(seen) == len(golden.parts) == 4
    assert (first.passed, first.golden, first.who) == (True, golden.sha256, "Ada")
    assert (second.passed, second.drift) == (True, 0.0)
    assert not drifted.passed
    assert drifted.why.startswith("scores of 2 parts drifted by up to 0.15 from the last checks")
