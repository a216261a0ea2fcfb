"""Settings as inspections need them."""

from datetime import UTC, datetime

import msgspec
import pytest

from aoi_modules.judging.limits import HeadLimits, SetLimits, limits_from
from aoi_modules.results.limits.setting import Place, Setting, by_model


def setting(number: int, head: str = "defect", version: int = 3, threshold: float | None = 0.5) -> Setting:
    return Setting(
        number=number,
        place=Place(component="tile", model="tile", version=version, head=head),
        limits=None if threshold is None else HeadLimits(threshold=threshold, review_band=(0.3, 0.5)),
        time=datetime(2026, 3, 1, tzinfo=UTC),
        who="Ada",
        why="too many good ones fail",
        before=0,
    )


def test_limits_know_their_number_and_that_people_set_them() -> None:
    limits = setting(7).in_force()
    assert limits == SetLimits(threshold=0.5, review_band=(0.3, 0.5), number=7)
    assert limits is not None
    assert limits_from(limits) == "station"
    assert limits_from(HeadLimits(threshold=0.5)) == "route"


def test_they_are_found_by_component_model_and_version() -> None:
    found = by_model([setting(1), setting(2, "surface", threshold=0.2), setting(3, version=4, threshold=None)])
    assert set(found) == {("tile", "tile", 3)}, "of version 4 the station sets none any more"
    assert {head: limits.threshold for head, limits in found["tile", "tile", 3].items()} == {
        "defect": 0.5,
        "surface": 0.2,
    }


def test_a_threshold_that_is_no_score_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold: expected a score"):
        SetLimits(threshold=1.5, number=1)
    body = msgspec.json.encode(setting(1))
    assert msgspec.json.decode(body, type=Setting) == setting(1)
