from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aoi_modules.modelstore.golden import Golden, drawn_pictures, largest_difference
from aoi_modules.modelstore.manifest import PictureInput


def test_a_file_brings_back_pictures_and_scores(tmp_path: Path) -> None:
    written = Golden((b"one", b"", b"three\0"), {"a": np.ones((3, 1), np.float32), "b c": np.zeros((3, 4), np.float32)})
    written.write(tmp_path)
    read = Golden.read(tmp_path)
    assert read.pictures == written.pictures
    assert {head: values.tolist() for head, values in read.scores.items()} == {
        head: values.tolist() for head, values in written.scores.items()
    }


@given(arrays.arrays(np.float32, (3, 2), elements=st.floats(-1, 1, width=32)), st.floats(0.01, 1))
def test_the_head_that_differs_most_is_named(values: np.ndarray, step: float) -> None:
    head, difference = largest_difference({"a": values, "b": values}, {"a": values, "b": values + step})
    assert head == "b"
    assert abs(difference - step) < 1e-5


def test_a_number_against_none_is_an_infinite_difference() -> None:
    nothing = np.array([[np.nan]], np.float32)
    assert largest_difference({"a": np.zeros((1, 1))}, {"a": nothing}) == ("a", np.inf)


def test_drawn_pictures_are_always_the_same() -> None:
    size = PictureInput(height=5, width=7, channels=1)
    assert drawn_pictures(size) == drawn_pictures(size)
    assert len(set(drawn_pictures(size))) == 4


def test_samples_are_the_inputs_of_a_request() -> None:
    features = np.ones((2, 3), np.float32)
    inputs = Golden((b"one\0", b""), {}, features).inputs
    assert inputs["image"].tolist() == [b"one\0", b""]
    assert inputs["image"].dtype == object
    assert inputs["features"] is features
    assert Golden((b"one",), {}).inputs.keys() == {"image"}


def test_a_difference_is_relative_above_one() -> None:
    prices = {"price": np.array([[500_000.0]])}
    assert largest_difference(prices, {"price": prices["price"] + 1})[1] == pytest.approx(2e-6)
    assert largest_difference({"a": np.array([0.5])}, {"a": np.array([0.6])})[1] == pytest.approx(0.1)
