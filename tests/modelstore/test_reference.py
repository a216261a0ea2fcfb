import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.modelstore.reference import FEWEST, Drift, Reference, Spread, drift
from aoi_modules.pictures.quality import Quality

qualities = st.lists(st.builds(Quality, st.floats(0, 1), st.floats(0, 50)), min_size=1, max_size=60)


def pictures(count: int, brightness: float = 0.5, sharpness: float = 20.0, seed: int = 0) -> list[Quality]:
    """Pictures whose brightness deviates by 0.02 and whose sharpness by 1 dB."""
    random = np.random.default_rng(seed)
    return [Quality(*pair) for pair in random.normal((brightness, sharpness), (0.02, 1.0), (count, 2)).tolist()]


def reference(*measured: Quality) -> Reference:
    found = Reference.of(measured)
    assert found is not None
    return found


def test_the_figures_are_those_of_all_pictures() -> None:
    found = reference(*(Quality(at / 100, 10 + at) for at in range(101)))
    assert found.pictures == 101
    assert found.brightness.mean == pytest.approx(0.5)
    assert found.sharpness.deviation == pytest.approx(np.std(range(101)))
    assert (found.sharpness.p1, found.sharpness.p50, found.sharpness.p99) == pytest.approx((11, 60, 109))
    assert Reference.of([]) is None


@given(qualities, qualities)
def test_mean_and_deviation_of_several_models_are_those_of_all_their_pictures(
    one: list[Quality], other: list[Quality]
) -> None:
    first, second, together = reference(*one), reference(*other), reference(*one, *other)
    joined = Reference.joined([first, second])
    assert joined is not None
    if first == second:
        assert joined == first, "the same pictures count once"
        return
    assert joined.pictures == together.pictures
    for found, expected in ((joined.brightness, together.brightness), (joined.sharpness, together.sharpness)):
        assert found.mean == pytest.approx(expected.mean, abs=1e-9)
        assert found.deviation == pytest.approx(expected.deviation, abs=1e-6)
        assert found.p1 <= expected.p1 + 1e-9
        assert found.p99 >= expected.p99 - 1e-9
        assert found.p1 - 1e-9 <= found.p50 <= found.p99 + 1e-9


def test_models_that_tell_nothing_are_passed_over() -> None:
    known = reference(*pictures(30))
    assert Reference.joined([None, known, None]) == known
    assert Reference.joined([known, known]) == known
    assert Reference.joined([None, None]) is None


def test_the_drift_is_in_deviations_of_the_reference_and_has_a_direction() -> None:
    learnt = Reference(
        pictures=100,
        brightness=Spread(mean=0.5, deviation=0.05, p1=0.4, p50=0.5, p99=0.6),
        sharpness=Spread(mean=20.0, deviation=2.0, p1=15.0, p50=20.0, p99=25.0),
    )
    found = drift(reference(*[Quality(0.4, 23.0)] * FEWEST), learnt)
    assert found is not None
    assert (found.brightness, found.sharpness) == pytest.approx((-2.0, 1.5))


def test_pictures_of_the_same_lot_do_not_drift() -> None:
    found = drift(reference(*pictures(200, seed=1)), reference(*pictures(200, seed=2)))
    assert found is not None
    assert max(abs(found.brightness), abs(found.sharpness)) < 0.4


def test_pictures_that_are_all_alike_do_not_make_every_difference_huge() -> None:
    same = reference(*[Quality(0.5, 20.0)] * FEWEST)
    found = drift(reference(*[Quality(0.5 + 1 / 255, 20.5)] * FEWEST), same)
    assert found is not None
    assert (found.brightness, found.sharpness) == pytest.approx((1.0, 1.0))
    assert drift(same, same) == Drift(brightness=0.0, sharpness=0.0)


def test_few_pictures_or_none_say_nothing() -> None:
    enough, few = reference(*pictures(FEWEST)), reference(*pictures(FEWEST - 1))
    assert drift(enough, enough) is not None
    for present, learnt in ((few, enough), (enough, few), (None, enough), (enough, None)):
        assert drift(present, learnt) is None
