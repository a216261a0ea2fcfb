"""A shift ends with its last stretch. That it runs is tested with the line."""

from aoi_modules.study.watching.shift import Shift


def test_a_shift_ends_with_its_last_stretch() -> None:
    assert Shift(0.0, {"before": (0.0, 5.0), "A": (6.0, 9.0)}, {"A": "drift"}).ended == 9.0
