"""Picture files looked at from outside."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.picture_files import SMALLEST, PictureFile, look_at

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8))


def put(path: Path, image: Image.Image, kind: str) -> Path:
    file = io.BytesIO()
    image.save(file, kind)
    path.write_bytes(file.getvalue())
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
    found = look_at(put(tmp_path / "a", NOISE.convert(mode), kind))
    assert isinstance(found, PictureFile)
    assert found.channels == channels
    assert found == look_at(put(tmp_path / "b", NOISE.convert(mode), kind))


@pytest.mark.parametrize(
    ("image", "kind", "text"),
    [
        (NOISE, "TIFF", "Received: TIFF"),
        (NOISE, "WEBP", "Received: WEBP"),
        (NOISE.convert("CMYK"), "JPEG", "JPEG of mode CMYK"),
        (NOISE.convert("P"), "BMP", "BMP of mode P"),
        (NOISE.convert("1"), "BMP", "BMP of mode 1"),
        (Image.fromarray(np.zeros((20, 20), np.uint16)), "PNG", "8 bits a channel"),
        (NOISE.resize((SMALLEST, SMALLEST - 1)), "PNG", f"Received: {SMALLEST} x {SMALLEST - 1}"),
    ],
)
def test_what_models_would_not_read_is_said(tmp_path: Path, image: Image.Image, kind: str, text: str) -> None:
    found = look_at(put(tmp_path / "picture.png", image, kind))
    assert isinstance(found, str)
    assert text in found


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_half_a_picture_is_none(tmp_path: Path, kind: str) -> None:
    path = put(tmp_path / "picture", NOISE.resize((100, 100)), kind)
    path.write_bytes(path.read_bytes()[:-500])
    found = look_at(path)
    assert isinstance(found, str)
    assert found.startswith("expected a whole PNG, JPEG or BMP picture")


def test_no_file_no_picture(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    assert look_at(tmp_path / "none.png") == "no such file"
    assert "cannot be read" in str(look_at(tmp_path))
    found = str(look_at(tmp_path / "text.png"))
    assert "expected a whole" in found
    assert "BytesIO" not in found


def test_a_picture_that_would_fill_the_memory_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    assert "at most 50 pixels" in str(look_at(put(tmp_path / "large.png", NOISE, "PNG")))
