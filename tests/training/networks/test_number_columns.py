"""Numbers beside a picture."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from aoi_modules.datasets.table import Table
from aoi_modules.tf import keras
from aoi_modules.training.networks.number_columns import (
    EMPHASIS,
    SLOPES,
    NumberColumns,
    emphasis,
    number_features,
    signed_logarithm,
)
from tests.training.small import table

NUMBERS = np.array([[100, 85255, 2], [400, 93446, 3], [900, 93446, 5], [300, 85255, 1], [50, 11111, 4]], np.float32)
ROWS = replace(table(5, 0), features=NUMBERS, feature_names=("area", "zipcode", "bedrooms"))


def read(columns: NumberColumns, numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    given = keras.Input((len(columns.names),))
    return np.asarray(keras.Model(given, number_features(columns, given))(numbers), np.float32) / EMPHASIS


def one_column(*values: float) -> Table:
    rows = np.array(values, np.float32)[:, np.newaxis]
    return replace(table(len(values), 0), features=rows, feature_names=("offset",))


def different(values: list[float]) -> int:
    """How many different inputs a network gets of a column."""
    rows = one_column(*values)
    assert rows.features is not None
    found = read(NumberColumns.of(rows), rows.features)
    assert np.isfinite(found).all()
    return len(np.unique(found, axis=0))


def test_quantities_are_standardised_and_codes_become_columns() -> None:
    columns = NumberColumns.of(ROWS, codes=["zipcode"], at_least=2)
    assert columns.codes == {"zipcode": (85255, 93446)}
    found = np.asarray(read(columns, NUMBERS))
    assert np.allclose(found[:, :2].mean(axis=0), 0, atol=1e-5)
    assert np.allclose(found[:, :2].std(axis=0), 1, atol=1e-5)
    assert found[:, 2:4].tolist() == [[1, 0], [0, 1], [0, 1], [1, 0], [0, 0]]
    assert np.allclose(found[:2, 4:6] / SLOPES, [found[0, :2].tolist(), [0, 0]])
    assert np.allclose(found[:2, 6:8] / SLOPES, [[0, 0], found[1, :2].tolist()])


def test_a_code_next_to_a_known_one_is_another_code() -> None:
    columns = NumberColumns.of(ROWS, codes=["zipcode"], at_least=2)
    found = np.asarray(read(columns, np.array([[100, 85256, 2], [100, 85254, 2]], np.float32)))
    assert not found[:, 2:].any()


def test_a_quantity_that_never_moves_does_no_harm() -> None:
    still = replace(ROWS, features=np.full((5, 3), 7, np.float32))
    found = read(NumberColumns.of(still), np.array([[-5, 0, 7]], np.float32))
    assert np.isfinite(np.asarray(found)).all()


def test_numbers_below_zero_are_read_as_far_apart_as_those_above() -> None:
    rows = one_column(-39, -2, 0, 2, 39)
    assert rows.features is not None
    found = read(NumberColumns.of(rows), rows.features)[:, 0]
    assert np.all(np.diff(found) > 0.1)
    assert np.allclose(found, -found[::-1], atol=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        [1_013_250.0, 1_013_250.25, 1_013_250.5, 1_013_249.875],  # a logarithm has no digits left for these
        [-1e6, -1e6 + 0.0625, 1e6],
        [1e-12, 2e-12, 1e-9, 1e-3],  # beside a millampere a picoampere is nothing to a sum
        [0.0, 1e-30, 2e-30, 1.0],
        [-3e38, 0.0, 3e38],
        [1e30, 2e30, -5.0],
    ],
)
def test_no_two_values_become_one(values: list[float]) -> None:
    assert different(values) == len(values)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False), min_size=2, max_size=6, unique=True
    ).filter(lambda values: all(value == 0 or abs(value) > 1e-30 for value in values))
)
def test_drawn_values_stay_apart(values: list[float]) -> None:
    assert different(values) == len(set(values))


def test_the_logarithm_has_a_sign_and_a_unit() -> None:
    assert np.allclose(signed_logarithm(np.array([-1.0, 0.0, 1.0]), 1.0), [-np.log(2), 0, np.log(2)])
    assert np.allclose(signed_logarithm(np.array([1e-6]), 1e-6), np.log(2))
    assert signed_logarithm(np.array([-7.0]), None).tolist() == [-7.0]


def test_the_logarithm_alone_is_enough_where_it_loses_nothing() -> None:
    assert [one.unit for one in NumberColumns.of(ROWS, codes=["zipcode"]).quantities] == [1.0, 1.0]


def test_numbers_weigh_more_beside_more_features() -> None:
    assert [emphasis(features) for features in (3, 16, 64, 1600)] == [12, 12, 24, 120]
