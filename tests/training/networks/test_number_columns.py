"""Numbers beside a picture."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aoi_modules.tf import keras
from aoi_modules.training.networks.number_columns import EMPHASIS, SLOPES, NumberColumns, number_features
from tests.training.small import table

NUMBERS = np.array([[100, 85255, 2], [400, 93446, 3], [900, 93446, 5], [300, 85255, 1], [50, 11111, 4]], np.float32)
ROWS = replace(table(5, 0), features=NUMBERS, feature_names=("area", "zipcode", "bedrooms"))


def read(columns: NumberColumns, numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    given = keras.Input((3,))
    return np.asarray(keras.Model(given, number_features(columns, given))(numbers), np.float32) / EMPHASIS


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


def test_a_quantity_below_nothing_and_one_that_never_moves_do_no_harm() -> None:
    still = replace(ROWS, features=np.full((5, 3), 7, np.float32))
    found = read(NumberColumns.of(still), np.array([[-5, 0, 7]], np.float32))
    assert np.isfinite(np.asarray(found)).all()
