"""Labels are told without the name of the metric, and times can begin anywhere."""

from aoi_modules.study.watching.answers import Series, named


def test_labels_are_told_in_order_without_the_name() -> None:
    assert named({"__name__": "up", "verdict": "FAIL", "component": "tile"}) == "tile, FAIL"
    assert named({}) == "all"


def test_times_begin_where_somebody_says() -> None:
    assert Series({}, (10.0, 12.5), (1.0, 2.0)).begun_at(10.0) == Series({}, (0.0, 2.5), (1.0, 2.0))
