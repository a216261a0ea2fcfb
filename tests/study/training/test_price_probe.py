"""Prices by a weighted sum, each row answered by one that did not see its fold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.datasets.table import Table, Target
from aoi_modules.errors import ModelError
from aoi_modules.study.training.price_probe import fold_errors, out_of_fold, readings

COUNT = 90
RANDOM = np.random.default_rng(0)
AREA, PLACE = RANDOM.uniform(500, 5000, COUNT), RANDOM.choice([10, 20, 30], COUNT)
SEEN = RANDOM.normal(0, 1, (COUNT, 6)).astype(np.float32)
WORTH = {10: 1.0, 20: 2.0, 30: 0.5}
FOLD = np.arange(COUNT) % 3


def houses(prices: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Table:
    return Table(
        pictures=np.zeros((COUNT, 2, 2, 3), np.uint8),
        targets=(Target("price", prices.astype(np.float32)),),
        ids=tuple(map(str, range(COUNT))),
        features=np.stack([AREA, PLACE], axis=1).astype(np.float32),
        feature_names=("area", "place"),
    )


BY_PLACE = houses(100 * AREA * np.array([WORTH[int(place)] for place in PLACE]))


def error(table: Table, **arguments: object) -> float:
    answers = out_of_fold(table, FOLD, l2=1.0, **arguments)  # type: ignore[arg-type]
    return float(fold_errors(answers, table, FOLD).mean())


def test_a_code_tells_more_as_a_code_than_as_a_quantity() -> None:
    assert error(BY_PLACE, codes=("place",)) < 0.02
    assert error(BY_PLACE) > 0.2


def test_the_price_as_it_is_is_told_worse_than_its_logarithm() -> None:
    assert error(BY_PLACE, codes=("place",), logarithm=False) > error(BY_PLACE, codes=("place",))


def test_what_only_the_pictures_show_is_told_by_features_of_pictures() -> None:
    seen = houses(1000 * np.exp(SEEN[:, 2]))
    assert error(seen, picture_features=SEEN) < 0.05
    assert error(replace(seen, features=None, feature_names=()), picture_features=SEEN) < 0.05
    assert error(seen) > 0.2


@given(st.integers(0, 2), st.floats(2, 1e6))
@settings(deadline=None, max_examples=10)
def test_no_row_is_answered_by_a_sum_that_saw_its_fold(name: int, factor: float) -> None:
    prices = BY_PLACE.main.values.astype(np.float64)
    other = houses(np.where(name == FOLD, prices * factor, prices))
    before, after = (out_of_fold(one, FOLD, codes=("place",), picture_features=SEEN) for one in (BY_PLACE, other))
    assert np.allclose(before[name == FOLD], after[name == FOLD])
    assert not np.allclose(before[name != FOLD], after[name != FOLD])


def test_means_are_those_of_the_training_rows() -> None:
    train = np.flatnonzero(FOLD != 0)
    read = readings(BY_PLACE, train, picture_features=SEEN, components=2)
    assert read.shape == (COUNT, 2 + 2)
    assert np.allclose(read[train].mean(axis=0), 0, atol=1e-4)
    assert not np.allclose(read[FOLD == 0].mean(axis=0), 0, atol=1e-2)


def test_an_error_a_fold() -> None:
    prices = BY_PLACE.main.values.astype(np.float64)
    assert np.allclose(fold_errors(prices * np.where(FOLD == 1, 1.5, 1.1), BY_PLACE, FOLD), [0.1, 0.5, 0.1], atol=1e-5)


def test_nothing_to_compute_with_is_refused() -> None:
    with pytest.raises(ModelError, match="neither"):
        out_of_fold(replace(BY_PLACE, features=None, feature_names=()), FOLD)
    with pytest.raises(ModelError, match="two folds"):
        out_of_fold(BY_PLACE, np.zeros(COUNT, np.int64))
