"""A look at a picture file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.checking.looks import HEIGHT, WIDTH, Looks, small
from aoi_modules.datasets.picture_files import PictureFile
from tests.datasets.checking.parts import part

COLOURS = np.stack([part(1), part(2), part(3)], axis=-1)


@pytest.mark.parametrize(
    ("name", "image", "kind", "gray_as_colour", "flat"),
    [
        ("a.png", Image.fromarray(part(1)), "PNG, gray, 8 bits", False, False),
        ("a.png", Image.fromarray(COLOURS), "PNG, RGB, 8 bits", False, False),
        ("a.png", Image.fromarray(part(1)).convert("RGB"), "PNG, RGB, 8 bits", True, False),
        ("a.jpg", Image.fromarray(part(1)).convert("RGB"), "JPEG, RGB, 8 bits", True, False),
        ("a.jpg", Image.fromarray(part(1)), "JPEG, gray, 8 bits", False, False),
        ("a.bmp", Image.fromarray(COLOURS), "BMP, RGB, 8 bits", False, False),
        ("a.png", Image.new("RGB", (30, 20), (0, 0, 0)), "PNG, RGB, 8 bits", True, True),
        ("a.png", Image.new("RGB", (30, 20), (200, 0, 0)), "PNG, RGB, 8 bits", False, True),
    ],
)
def test_what_a_file_is(
    tmp_path: Path, name: str, image: Image.Image, kind: str, gray_as_colour: bool, flat: bool
) -> None:
    image.save(tmp_path / name)
    looks = Looks()
    assert isinstance(looks.look_at(tmp_path / name), PictureFile)
    look = looks.looks[tmp_path / name]
    assert (look.kind, look.width, look.height) == (kind, *image.size)
    assert (look.gray_as_colour, look.flat) == (gray_as_colour, flat)
    assert look.small is not None
    assert look.small.shape == (HEIGHT, WIDTH)


def test_sixteen_bits_are_told_although_nothing_is_learnt_from_them(tmp_path: Path) -> None:
    Image.fromarray(part(1).astype(np.uint16) * 257).save(tmp_path / "a.png")
    looks = Looks()
    assert isinstance(looks.look_at(tmp_path / "a.png"), str)
    assert looks.looks[tmp_path / "a.png"].kind == "PNG, gray, 16 bits"
    assert looks.looks[tmp_path / "a.png"].small is None


def test_no_picture_has_no_kind_and_a_file_is_opened_once(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"text")
    looks = Looks()
    said = looks.look_at(tmp_path / "a.png")
    (tmp_path / "a.png").unlink()
    assert looks.look_at(tmp_path / "a.png") == said
    assert looks.looks[tmp_path / "a.png"].kind == ""


def test_equal_pixels_in_other_files_are_equal(tmp_path: Path) -> None:
    for level in (0, 9):
        Image.fromarray(COLOURS).save(tmp_path / f"{level}.png", compress_level=level)
    looks = Looks()
    files = [looks.look_at(tmp_path / f"{level}.png") for level in (0, 9)]
    assert files[0] != files[1]
    assert len({look.pixels_sha256 for look in looks.looks.values()}) == 1


def test_a_small_picture_keeps_the_mean() -> None:
    pixels = part(5)[..., np.newaxis]
    assert small(pixels).mean() / 256 == pytest.approx(pixels.mean(), abs=0.5)
