"""Four rooms in one picture."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aoi_modules.datasets.houses.montage import ROOMS, montage
from aoi_modules.datasets.table import Pixels, decode, encode_png
from aoi_modules.errors import DataError, NotAPicture


def rooms(height: int, width: int, channels: int = 3) -> dict[str, Pixels]:
    random = np.random.default_rng(height * width)
    return {room: random.integers(0, 256, (height, width, channels)).astype(np.uint8) for room in ROOMS}


def quarters(picture: Pixels) -> list[Pixels]:
    half = len(picture) // 2
    return [picture[y : y + half, x : x + half] for y in (0, half) for x in (0, half)]


@given(st.integers(1, 80))
def test_pictures_of_the_cells_size_stay_bit_for_bit(cell: int) -> None:
    pictures = rooms(cell, cell)
    for room, quarter in zip(ROOMS, quarters(montage(pictures, cell=cell)), strict=True):
        assert np.array_equal(quarter, pictures[room])


def test_a_jpeg_of_64_pixels_stays_what_its_decoder_gives() -> None:
    file = io.BytesIO()
    Image.fromarray(rooms(64, 64)["kitchen"]).save(file, "JPEG")
    pictures = [file.getvalue()] * 4
    for quarter in quarters(montage(pictures)):
        assert np.array_equal(quarter, decode(file.getvalue(), "kitchen"))


def test_names_and_order_give_the_same_in_every_form() -> None:
    pictures = rooms(90, 70)
    by_name = montage(dict(reversed(pictures.items())))
    assert by_name.shape == (128, 128, 3)
    assert by_name.dtype == np.uint8
    assert np.array_equal(by_name, montage([pictures[room] for room in ROOMS]))
    assert np.array_equal(by_name, montage([encode_png(pictures[room]) for room in ROOMS]))


@given(st.integers(130, 400), st.integers(130, 400))
def test_shrinking_looks_at_every_pixel(height: int, width: int) -> None:
    """Stripes one pixel wide turn gray; a filter of four neighbours would leave some of them black or white."""
    stripes = np.zeros((height, width, 3), np.uint8)
    stripes[::2] = 255
    cell = montage([stripes] * 4)[4:60, 4:60]
    assert abs(cell.astype(np.int64) - 127).max() < 48


def test_gray_pictures_and_small_ones_fit_in() -> None:
    assert np.array_equal(*quarters(montage(rooms(64, 64, 1)))[0][..., :2].transpose(2, 0, 1))
    flat = np.full((20, 30, 3), 77, np.uint8)
    assert (montage([flat] * 4, cell=32) == 77).all()


def test_the_room_that_is_bad_is_named() -> None:
    good = encode_png(rooms(8, 8)["frontal"])
    with pytest.raises(NotAPicture, match="frontal: expected a PNG"):
        montage([good, good, good[:-60], good])
    with pytest.raises(DataError, match=r"bedroom: expected uint8 .* \(4, 4\)"):
        montage([good, np.zeros((4, 4), np.uint8), good, good])


@pytest.mark.parametrize("number", [3, 5])
def test_four_rooms_are_four(number: int) -> None:
    with pytest.raises(DataError, match=f"Received: {number}"):
        montage([encode_png(rooms(8, 8)["frontal"])] * number)
    with pytest.raises(DataError, match="Received: cellar"):
        montage({"cellar": b""})
