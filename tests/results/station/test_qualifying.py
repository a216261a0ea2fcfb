"""A qualification shows each golden part several times, and says what that proves."""

import random

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.errors import DataError
from aoi_modules.results.station.door import Door
from aoi_modules.results.station.golden import read_golden
from aoi_modules.results.station.qualifying import Qualification, qualify
from aoi_modules.verdict import Verdict
from tests.client.model_server import manifest
from tests.results.station.checked_gateway import CheckedGateway, see


def qualified(checked: CheckedGateway, *, change: bool = False) -> Qualification:
    """Three trials; `change`: a new version takes over after the first picture."""

    def advance(_: int) -> None:
        if change:
            checked.server.version = 2

    golden = read_golden(checked.golden)
    with Door(Endpoint(checked.url, "")) as door:
        return qualify(door, "tile", golden, 3, who="Ada", url=checked.url, luck=random.Random(1), advance=advance)


def test_a_station_that_is_always_right_is_bound_by_its_defective_parts(checked: CheckedGateway) -> None:
    found = qualified(checked)
    (judge,) = found.study.judges
    assert (judge.repeatability.count, judge.agreement.count, judge.misses.count) == (4, 4, 0)
    assert found.bound == pytest.approx(1 - 0.05 ** (1 / 2)), "two different defective parts, however often shown"
    assert judge.kappa_reference.value == 1.0
    assert found.golden == read_golden(checked.golden).sha256
    assert (found.model.name, found.model.version, found.who) == ("tile", 1, "Ada")
    limits = {one.head: (one.threshold, one.limits_from) for one in found.limits}
    assert limits == {"defect": (0.5, "manifest"), "surface": (None, None)}
    part = found.parts[0]
    assert (part.part, part.verdicts, len(set(part.inspections))) == ("defect/0.png", (Verdict.FAIL,) * 3, 3)
    assert part.lowest["defect"] == part.highest["defect"] == pytest.approx(230 / 255)


def test_a_station_that_misses_is_bound_by_nothing(checked: CheckedGateway) -> None:
    see(checked.server, -0.8)
    found = qualified(checked)
    assert (found.study.judges[0].misses.count, found.bound) == (6, None)


def test_a_new_version_in_between_makes_no_study(checked: CheckedGateway) -> None:
    checked.server.manifests[2], checked.server.states[2] = manifest(2).to_json(), "AVAILABLE"
    try:
        with pytest.raises(DataError, match="judged by 2 versions of model or limits"):
            qualified(checked, change=True)
    finally:
        checked.server.version = 1
