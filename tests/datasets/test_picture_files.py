"""Picture files looked at from outside."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.picture_files import SMALLEST, PictureFile, look_at
from aoi_modules.pictures import formats
from tests.pictures.drawn import encoded, png

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8))


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("mode", "kind", "channels"),
    [
        ("RGB", "PNG", 3),
        ("RGB", "JPEG", 3),
        ("RGB", "BMP", 3),
        ("RGBA", "PNG", 3),
        ("P", "PNG", 3),
        ("L", "PNG", 1),
        ("L", "JPEG", 1),
        ("L", "BMP", 1),
        ("LA", "PNG", 1),
        ("1", "PNG", 1),
    ],
)
def test_what_models_read_is_accepted(tmp_path: Path, mode: str, kind: str, channels: int) -> None:
    content = encoded(NOISE.convert(mode), kind)
    found = look_at(put(tmp_path / "a", content))
    assert isinstance(found, PictureFile)
    assert found.channels == channels
    assert found == look_at(put(tmp_path / "b", content))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (encoded(NOISE.convert("CMYK"), "JPEG"), formats.PRINT_COLOURS),
        (encoded(NOISE.convert("P"), "BMP"), formats.COLOUR_TABLE),
        (encoded(NOISE.convert("1"), "BMP"), formats.BMP_BITS),
        (encoded(Image.fromarray(np.zeros((20, 20), np.uint16))), formats.SIXTEEN_BITS),
        (png(b"", 60_000, 60_000), formats.TOO_LARGE),
        (encoded(NOISE)[:-50], formats.DAMAGED),
        (b"hello", formats.UNKNOWN),
        (b"", formats.NOTHING),
    ],
)
def test_what_models_would_not_read_is_said_by_the_sentence_of_all(
    tmp_path: Path, content: bytes, refusal: formats.Refusal
) -> None:
    assert look_at(put(tmp_path / "picture.png", content)) == refusal.sentence


def test_a_thumbnail_gone_wrong_is_no_picture_to_learn_from(tmp_path: Path) -> None:
    found = look_at(put(tmp_path / "small.png", encoded(NOISE.resize((SMALLEST, SMALLEST - 1)))))
    assert f"Received: {SMALLEST} x {SMALLEST - 1}" in str(found)


def test_no_file(tmp_path: Path) -> None:
    assert look_at(tmp_path / "none.png") == "no such file"
    assert "cannot be read" in str(look_at(tmp_path))
