"""One decoder: Pillow's gray levels, exact pixels, plain bilinear resize."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from PIL import Image

from aoi_modules.datasets.decoding import decode_picture, decode_pixels, gray, resize_pictures
from aoi_modules.datasets.table import Pixels
from aoi_modules.tf import tf

PICTURE = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).astype(np.uint8)


def encoded(pixels: Pixels, form: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


@given(arrays(np.uint8, (3, 5, 3)))
@settings(deadline=None, max_examples=50)
def test_gray_levels_are_those_of_pillow(pixels: Pixels) -> None:
    expected = np.asarray(Image.fromarray(pixels).convert("L"), np.float32)
    assert np.array_equal(gray(pixels[np.newaxis])[0, ..., 0], expected)


@pytest.mark.parametrize("form", ["PNG", "BMP"])
def test_lossless_pictures_decode_to_their_pixels(form: str) -> None:
    found = decode_pixels(encoded(PICTURE, form))
    assert found.dtype == tf.uint8
    assert np.array_equal(found, PICTURE)


def test_a_gray_file_has_three_equal_channels() -> None:
    found = decode_pixels(encoded(PICTURE[..., 0], "PNG"))
    assert np.array_equal(found, np.repeat(PICTURE[..., :1], 3, axis=2))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_gets_the_size_and_channels_that_are_asked(channels: int) -> None:
    found = decode_picture(encoded(PICTURE, "PNG"), 4, 5, channels)
    assert (found.shape, found.dtype) == ((4, 5, channels), tf.float32)
    assert 0 <= float(tf.reduce_min(found)) <= float(tf.reduce_max(found)) <= 255


def test_gray_is_computed_before_the_resize() -> None:
    whole = gray(PICTURE[np.newaxis])
    assert np.array_equal(decode_picture(encoded(PICTURE, "PNG"), 3, 4, 1), resize_pictures(whole, 3, 4)[0])


def test_the_same_size_changes_no_pixel_and_half_the_size_is_the_mean_of_four() -> None:
    assert np.array_equal(resize_pictures(PICTURE[np.newaxis], 6, 8)[0], PICTURE)
    blocks = PICTURE.reshape(3, 2, 4, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(resize_pictures(PICTURE[np.newaxis], 3, 4)[0], blocks, atol=1e-4)
