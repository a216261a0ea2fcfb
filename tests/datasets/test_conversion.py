"""What is refused becomes what is read, or a sentence."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.conversion import convert, convert_files
from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import formats
from aoi_modules.pictures.decoding import decode
from aoi_modules.tf import tf
from tests.pictures.drawn import encoded, soft

PIXELS = soft(12, 16)
RGB = Image.fromarray(PIXELS)
TWELVE_BITS = PIXELS.astype(np.uint16) * 16 + 7


@pytest.mark.parametrize(
    ("image", "form"),
    [(RGB, "TIFF"), (RGB.convert("L"), "TIFF"), (RGB.quantize(60), "GIF"), (RGB.quantize(60), "BMP")],
)
def test_other_formats_keep_their_pixels(image: Image.Image, form: str) -> None:
    made, done = convert(encoded(image, form))
    expected = np.asarray(image.convert("L" if image.mode == "L" else "RGB"))
    assert np.array_equal(decode(made), expected.reshape(*expected.shape[:2], -1))
    assert done.startswith(f"{form} of mode")


def test_colours_of_print_become_rgb() -> None:
    made, _ = convert(encoded(RGB.convert("CMYK"), "JPEG"))
    assert decode(made).shape == (12, 16, 3)


@pytest.mark.parametrize("gray", [True, False])
def test_twelve_bits_become_their_upper_eight(gray: bool) -> None:
    pixels = TWELVE_BITS[..., :1] if gray else TWELVE_BITS
    made, _ = convert(tf.io.encode_png(pixels).numpy(), 12)
    assert np.array_equal(decode(made), PIXELS[..., :1] if gray else PIXELS)


def test_sixteen_bits_in_a_tiff() -> None:
    made, _ = convert(encoded(Image.fromarray(TWELVE_BITS[..., 0]), "TIFF"), 12)
    assert np.array_equal(decode(made), PIXELS[..., :1])


def test_bits_are_never_guessed() -> None:
    content = tf.io.encode_png(TWELVE_BITS).numpy()
    with pytest.raises(NotAPicture, match=rf"values up to {TWELVE_BITS.max()}: say how many bits .*bit_depth"):
        convert(content)
    with pytest.raises(NotAPicture, match=f"expected values of 10 bits. Received: {TWELVE_BITS.max()}"):
        convert(content, 10)


@pytest.mark.parametrize("content", [b"", b"hello", encoded(RGB, "TIFF")[:100], encoded(RGB)[:-30]])
def test_what_is_none_or_damaged_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture) as caught:
        convert(content)
    assert caught.value.message == formats.DAMAGED.sentence


def test_folders_keep_their_order_and_nothing_is_overwritten(tmp_path: Path) -> None:
    scans, out = tmp_path / "scans", tmp_path / "out"
    (scans / "good").mkdir(parents=True)
    (scans / "good" / "a.tif").write_bytes(encoded(RGB, "TIFF"))
    (scans / "b.jpg").write_bytes(encoded(RGB, "JPEG"))
    (scans / "notes.txt").write_text("nothing")
    found = list(convert_files([scans], out))
    assert [one.target for one in found] == [out / "b.jpg", out / "good" / "a.png"]
    assert (out / "b.jpg").read_bytes() == (scans / "b.jpg").read_bytes()
    again = list(convert_files([scans, tmp_path / "none.tif"], out))
    assert [one.target for one in again] == [None, None, None]
    assert "is there already" in again[0].sentence
    assert "No such file" in again[2].sentence
