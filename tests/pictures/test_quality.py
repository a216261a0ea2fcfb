import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import quality
from aoi_modules.pictures.decoding import decode_accepted
from aoi_modules.pictures.quality import Quality, measure, measure_file
from tests.pictures.drawn import encoded, png, soft

Pixels = NDArray[np.uint8]
sides = st.integers(8, 90)
seeds = st.integers(0, 2**32 - 1)


def noise(height: int, width: int, seed: int, channels: int = 1) -> Pixels:
    """Levels that are well inside of black and white."""
    return np.random.default_rng(seed).integers(60, 190, (height, width, channels)).astype(np.uint8)


def blurred(pixels: Pixels, radius: float) -> Pixels:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def scene(scale: float) -> Pixels:
    """One and the same scene of soft colours and edges, seen with more or fewer pixels."""
    drawn = np.kron(soft(60, 80, seed=3), np.ones((32, 32, 1), np.uint8))
    image = Image.fromarray(blurred(drawn, 3))
    return np.asarray(image.resize((int(2560 * scale), int(1920 * scale)), Image.Resampling.BOX))


def test_brightness_is_the_mean_luma_from_black_to_white() -> None:
    assert measure(np.full((9, 9, 1), 0, np.uint8)) == Quality(0.0, 0.0)
    assert measure(np.full((9, 9, 3), 255, np.uint8)).brightness == pytest.approx(1.0)
    green = np.zeros((9, 9, 3), np.uint8)
    green[..., 1] = 255
    assert measure(green).brightness == pytest.approx(0.587)


def test_sharpness_is_the_variance_of_the_laplacian_in_decibels() -> None:
    spot = np.zeros((5, 5, 1), np.uint8)
    spot[2, 2] = 10
    around = np.array([0, 10, 0, 10, -40, 10, 0, 10, 0])
    assert measure(spot).sharpness == pytest.approx(10 * np.log10(1 + around.var()))
    assert measure(spot[:2]).sharpness == 0.0, "it has no inner pixel"


@given(sides, sides, seeds, st.floats(0.7, 4))
def test_a_blurred_picture_is_less_sharp_and_as_bright(height: int, width: int, seed: int, radius: float) -> None:
    pixels = noise(height, width, seed, 3)
    before, after = measure(pixels), measure(blurred(pixels, radius))
    assert after.sharpness < before.sharpness
    assert after.brightness == pytest.approx(before.brightness, abs=0.15)


@given(sides, sides, seeds, st.integers(1, 60))
def test_a_brighter_picture_is_brighter_and_as_sharp(height: int, width: int, seed: int, more: int) -> None:
    pixels = noise(height, width, seed)
    before, after = measure(pixels), measure(pixels + np.uint8(more))
    assert after.brightness == pytest.approx(before.brightness + more / 255, abs=1e-4)
    assert after.sharpness == pytest.approx(before.sharpness, abs=0.01)


@given(sides, sides, seeds)
def test_half_the_light_costs_half_the_brightness_and_six_decibels(height: int, width: int, seed: int) -> None:
    pixels = noise(height, width, seed) // 2 * 2
    before, after = measure(pixels), measure(pixels // 2)
    assert after.brightness == pytest.approx(before.brightness / 2, rel=1e-4)
    assert before.sharpness - after.sharpness == pytest.approx(6.02, abs=0.1)


@given(sides, sides, seeds)
def test_gray_levels_stored_as_colours_are_the_same_picture(height: int, width: int, seed: int) -> None:
    gray = noise(height, width, seed)
    as_colours = measure(np.repeat(gray, 3, axis=-1))
    assert as_colours.brightness == pytest.approx(measure(gray).brightness, abs=1e-5)
    assert as_colours.sharpness == pytest.approx(measure(gray).sharpness, abs=1e-3)


@pytest.mark.parametrize("scale", [0.4, 0.5, 0.77])
def test_the_size_of_a_picture_does_not_count(scale: float) -> None:
    large, small = measure(scene(1.0)), measure(scene(scale))
    assert small.brightness == pytest.approx(large.brightness, abs=0.002)
    assert small.sharpness == pytest.approx(large.sharpness, abs=1.5), "of some twenty"


@settings(max_examples=20)
@given(st.integers(600, 900), st.integers(500, 900), seeds)
def test_a_large_picture_is_shrunk_by_means_over_areas(height: int, width: int, seed: int) -> None:
    pixels = noise(height, width, seed)
    factor = (quality.PIXELS / (height * width)) ** 0.5
    shrunk = shares(height, factor) @ pixels[..., 0] @ shares(width, factor).T
    inner = shrunk[1:-1, 1:-1]
    laplacian = shrunk[:-2, 1:-1] + shrunk[2:, 1:-1] + shrunk[1:-1, :-2] + shrunk[1:-1, 2:] - 4 * inner
    found = measure(pixels)
    assert found.brightness == pytest.approx(pixels.mean() / 255, abs=1e-5)
    assert found.sharpness == pytest.approx(10 * np.log10(1 + laplacian.var()), abs=1e-3)


def shares(length: int, factor: float) -> NDArray[np.float64]:
    """How much of each new pixel comes from each old one, along one side."""
    count = round(length * factor)
    starts, old = np.arange(count)[:, np.newaxis] * length / count, np.arange(length)
    common = np.minimum(starts + length / count, old + 1) - np.maximum(starts, old)
    found: NDArray[np.float64] = np.maximum(common, 0) * count / length
    return found


@pytest.mark.parametrize("form", ["PNG", "BMP"])
def test_a_file_is_measured_as_its_pixels(form: str) -> None:
    pixels = soft(90, 120)
    assert measure_file(encoded(pixels, form)) == measure(pixels)
    assert measure_file(encoded(pixels[..., 0], form)) == measure(pixels[..., :1])


def test_sixteen_bits_are_measured_as_the_line_brings_them_to_eight() -> None:
    levels = np.random.default_rng(0).integers(0, 65536, (40, 50)).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    decoded = decode_accepted(png(rows, 50, 40, bits=16), None)
    assert measure(decoded) == measure((levels >> 8).astype(np.uint8)[..., np.newaxis])


@pytest.mark.parametrize("gray", [True, False])
def test_a_large_jpeg_is_decoded_smaller_and_measured_the_same(gray: bool) -> None:
    pixels = scene(1.0)
    image = Image.fromarray(pixels).convert("L" if gray else "RGB")
    found = measure_file(encoded(image, "JPEG", quality=95))
    whole = measure(np.asarray(image).reshape(*pixels.shape[:2], -1))
    assert found.brightness == pytest.approx(whole.brightness, abs=0.002)
    assert found.sharpness == pytest.approx(whole.sharpness, abs=0.3)


def test_a_jpeg_that_is_read_although_it_is_damaged_is_measured() -> None:
    content = encoded(soft(64, 64), "JPEG", quality=90)
    trailing = content[:-2] + b"\0\0\0" + content[-2:]  # which libjpeg skips, and says so
    assert measure_file(trailing).brightness == pytest.approx(measure_file(content).brightness, abs=0.01)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(NotAPicture):
        measure_file(b"hello")
    with pytest.raises(NotAPicture):
        measure_file(io.BytesIO(encoded(soft(64, 64), "JPEG")).getvalue()[:400])
