import sys

import numpy as np
import pytest

from aoi_modules.client.inputs import carried, picture_inputs, pixel_inputs
from aoi_modules.errors import WireError


def test_pictures_and_features_go_under_their_names() -> None:
    inputs = picture_inputs([b"one", b"two"], np.array([[1, 2], [3, 4]], np.int64))
    assert inputs["image"] == [b"one", b"two"]
    features = inputs["features"]
    assert isinstance(features, np.ndarray)
    assert features.dtype == np.float32
    assert features.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_pixels_go_as_they_are() -> None:
    pixels = np.zeros((2, 3, 4, 1), np.uint8)
    assert pixel_inputs(pixels) == {"image": pixels}


@pytest.mark.parametrize("features", [np.zeros((3, 1)), np.zeros(2), np.zeros((2, 1, 1))])
def test_features_have_one_row_a_picture(features: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    with pytest.raises(ValueError, match=r"features: expected \(2, F\), one row a picture"):
        picture_inputs([b"one", b"two"], features)
    with pytest.raises(ValueError, match=r"features: expected \(2, F\), one row a picture"):
        pixel_inputs(np.zeros((2, 3, 4, 1), np.uint8), features)


def test_one_picture_is_not_a_list_of_pictures() -> None:
    with pytest.raises(ValueError, match="pictures: expected a list of encoded pictures, bytes each"):
        picture_inputs(b"one")  # type: ignore[arg-type]


@pytest.mark.parametrize("pixels", [[[1]], np.zeros((1, 2, 2, 3), np.float32), np.zeros((2, 2, 3), np.uint8)])
def test_frames_of_another_form(pixels: object) -> None:
    with pytest.raises(ValueError, match=r"pixels: expected uint8 \(N, H, W, C\)"):
        pixel_inputs(pixels)  # type: ignore[arg-type]


def test_messages_carry_this_machines_order_of_bytes() -> None:
    foreign = np.array([1.5, 2.5], ">f4" if sys.byteorder == "little" else "<f4")
    brought = carried({"x": foreign, "image": [b"one"]})
    x = brought["x"]
    assert isinstance(x, np.ndarray)
    assert x.dtype == np.float32
    assert x.dtype.isnative
    assert x.tolist() == [1.5, 2.5]
    assert brought["image"] == [b"one"]


def test_an_input_that_is_no_array_is_named() -> None:
    with pytest.raises(WireError, match="input image: expected an array, or a list of bytes"):
        carried({"image": b"one"})  # type: ignore[dict-item]
