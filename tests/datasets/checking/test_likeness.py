"""Nearly equal pictures."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.datasets.checking import likeness
from aoi_modules.datasets.checking.likeness import DISTANCE, FEWEST, close_pairs, own_parts, twins
from aoi_modules.datasets.checking.looks import HEIGHT, WIDTH, small
from tests.datasets.checking.parts import Gray, part

FEW_BITS = 0x0101_0101_0000_0110
"""Eight bits of a hash."""


def stack(pictures: list[Gray]) -> NDArray[np.uint16]:
    return np.array([small(picture[..., np.newaxis]) for picture in pictures]).reshape(-1, HEIGHT, WIDTH)


def saved_anew(picture: Gray, quality: int) -> Gray:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def free_pictures(count: int) -> list[Gray]:
    """Pictures that have nothing in common."""
    rough = np.random.default_rng(4).integers(0, 256, (count, 6, 8)).astype(np.uint8)
    return [np.asarray(Image.fromarray(one).resize((160, 120), Image.Resampling.BICUBIC)) for one in rough]


@pytest.mark.parametrize("count", [FEWEST, 60])
def test_twins_among_free_pictures_are_found_however_they_were_changed(count: int) -> None:
    pictures = free_pictures(count)
    first = pictures[0]
    larger = np.asarray(Image.fromarray(first).resize((320, 240)))
    darker = (first * 0.8).astype(np.uint8)
    found = twins(stack([*pictures, saved_anew(first, 60), larger, darker]))
    group = [0, count, count + 1, count + 2]
    assert {tuple(pair) for pair in found.tolist()} == {(a, b) for a in group for b in group if a < b}


def test_parts_under_one_camera_are_no_twins_and_one_that_was_saved_anew_is() -> None:
    pictures = [part(seed, blot=seed % 5 == 0) for seed in range(120)]
    assert len(twins(stack(pictures))) == 0
    assert twins(stack([*pictures, saved_anew(pictures[7], 90)])).tolist() == [[7, 120]]


@pytest.mark.parametrize("count", [0, 1, 2, FEWEST - 1, FEWEST, 15])
def test_few_parts_have_no_twins(count: int) -> None:
    assert twins(stack([part(seed) for seed in range(count)])).shape == (0, 2)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=12), st.lists(st.integers(0, 2**64 - 1), max_size=6))
@example_settings(max_examples=60)
def test_every_close_pair_is_found_and_no_other(values: list[int], flips: list[int]) -> None:
    near = [values[flip % len(values)] ^ (flip & FEW_BITS) for flip in flips]
    hashes = [*values, *near]
    expected = {(a, b) for b in range(len(hashes)) for a in range(b) if (hashes[a] ^ hashes[b]).bit_count() <= DISTANCE}
    found = close_pairs(np.array(hashes, np.uint64))
    assert {tuple(pair) for pair in found.tolist()} == expected


def test_a_crowd_is_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "CROWD", 10)
    monkeypatch.setattr(likeness, "NEIGHBOURS", 2)
    assert len(close_pairs(np.zeros(100, np.uint64))) == 99 + 98
    mixed = np.random.default_rng(0).integers(0, 2**63, 400).astype(np.uint64)
    mixed[200:] = mixed[:200]
    assert {tuple(pair) for pair in close_pairs(mixed).tolist()} >= {(row, row + 200) for row in range(200)}


def test_own_parts_have_the_length_of_one() -> None:
    own = own_parts(stack([part(seed) for seed in range(50)]))
    assert np.allclose(np.linalg.norm(own, axis=1), 1, atol=1e-4)
