"""Limits win in their order, and those that no head can apply are refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import RouteError
from aoi_modules.judging.limits import HeadLimits, check_fit, good_labels, limits_of
from aoi_modules.modelstore.manifest import Head
from aoi_modules.verdict import Limits

DEFECT = Head(name="defect", kind="defect", labels=("good", "crack"), threshold=0.5, review_band=(0.4, 0.5))
SURFACE = Head(name="surface", kind="class", labels=("smooth", "rough", "torn"))
HEIGHT = Head(name="height", kind="value", labels=())


def test_a_threshold_of_the_route_comes_without_the_manifests_band() -> None:
    assert limits_of(DEFECT, HeadLimits(threshold=0.8)) == Limits(0.8, None)
    assert limits_of(DEFECT, HeadLimits(review_band=(0.1, 0.2))) == Limits(0.5, (0.1, 0.2))
    assert limits_of(DEFECT, HeadLimits()) == Limits(0.5, (0.4, 0.5))


@pytest.mark.parametrize(
    ("head", "route", "message"),
    [
        (SURFACE, HeadLimits(good=("flat",), threshold=0.5), r"no labels \['flat'\]; it has: smooth, rough, torn"),
        (SURFACE, HeadLimits(threshold=0.5), "needs `good:"),
        (SURFACE, HeadLimits(good=("smooth",)), "neither the route nor the model's manifest gives a threshold"),
        (HEIGHT, HeadLimits(threshold=0.5), "a value is only told"),
    ],
)
def test_limits_that_a_head_cannot_apply_are_refused(head: Head, route: HeadLimits, message: str) -> None:
    with pytest.raises(RouteError, match=message):
        limits_of(head, route)
    with pytest.raises(RouteError, match=message):
        check_fit([head], {head.name: route})


def test_the_manifests_good_labels_come_with_its_threshold() -> None:
    judged = msgspec.structs.replace(SURFACE, good=("smooth",), threshold=0.3)
    assert limits_of(judged, HeadLimits()) == Limits(0.3)
    assert limits_of(judged, HeadLimits(good=("smooth",), review_band=(0.1, 0.2))) == Limits(0.3, (0.1, 0.2))
    assert good_labels(judged, HeadLimits()) == ("smooth",)


def test_other_good_labels_than_the_manifests_need_a_threshold_of_the_route() -> None:
    judged = msgspec.structs.replace(SURFACE, good=("smooth",), threshold=0.3)
    with pytest.raises(
        RouteError, match="the manifest's threshold is for smooth as good labels, not for rough"
    ) as caught:
        limits_of(judged, HeadLimits(good=("rough",)))
    assert caught.value.hint == "give the route a threshold, too"
    route = HeadLimits(good=("rough",), threshold=0.2)
    assert (limits_of(judged, route), good_labels(judged, route)) == (Limits(0.2), ("rough",))


def test_a_limit_for_a_head_that_is_not_there_is_refused() -> None:
    with pytest.raises(RouteError, match="limits for a head 'crack'; the model has: defect, height"):
        check_fit([DEFECT, HEIGHT], {"crack": HeadLimits(threshold=0.5)})
    check_fit([DEFECT, HEIGHT], {"defect": HeadLimits(threshold=0.5)})


@pytest.mark.parametrize("wrong", [{"threshold": 1.5}, {"threshold": -0.1}, {"review_band": (0.5, 0.4)}])
def test_limits_that_are_no_scores(wrong: dict[str, float | tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        HeadLimits(**wrong)  # type: ignore[arg-type]


def test_a_field_that_does_not_exist_is_not_passed_over() -> None:
    with pytest.raises(msgspec.ValidationError, match="treshold"):
        msgspec.convert({"treshold": 0.5}, HeadLimits)


@given(st.floats(0, 1), st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda band: tuple(sorted(band))))
def test_what_is_given_wins_over_the_manifest(threshold: float, band: tuple[float, float] | None) -> None:
    assert limits_of(DEFECT, HeadLimits(threshold=threshold, review_band=band)) == Limits(threshold, band)


def test_limits_cannot_be_changed_or_mixed_up() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        HeadLimits(threshold=0.5).threshold = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        HeadLimits(0.5)  # type: ignore[call-arg]
