"""Which reader is asked, and in which channels it answers."""

import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import NotAPicture, TooManyPixels
from aoi_modules.pictures import formats
from aoi_modules.pictures.decoding import decode, read_header
from tests.pictures import drawn
from tests.pictures.drawn import encoded, soft

RGB = Image.fromarray(soft(12, 16))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize(("mode", "own"), [("L", 1), ("RGB", 3)])
def test_every_format_in_every_number_of_channels(form: str, mode: str, own: int) -> None:
    content = encoded(RGB.convert(mode), form)
    header = read_header(content)
    assert (header.format, header.height, header.width, header.channels) == (form, 12, 16, own)
    colours, gray = decode(content, 3), decode(content, 1)
    assert np.array_equal(decode(content), colours if own == 3 else gray)
    assert np.array_equal(gray[..., 0], np.asarray(Image.fromarray(colours).convert("L")))


@pytest.mark.parametrize(
    ("form", "name"),
    [("GIF", "a GIF"), ("TIFF", "a TIFF"), ("WEBP", "a WebP"), ("JPEG2000", "a JPEG 2000"), ("AVIF", "a HEIC or AVIF")],
)
def test_other_formats_are_named(form: str, name: str) -> None:
    with pytest.raises(NotAPicture, match=f"Received: {name} picture, whatever its name says; convert it: aoi data"):
        read_header(encoded(RGB, form))


def test_nothing_and_nonsense() -> None:
    for content, refusal in ((b"", formats.NOTHING), (b"hello", formats.UNKNOWN)):
        with pytest.raises(NotAPicture) as caught:
            decode(content)
        assert caught.value.message == refusal.sentence


def test_a_small_file_that_unfolds_to_gigabytes_is_refused_by_its_header() -> None:
    with pytest.raises(TooManyPixels, match=f"more than {formats.MAX_PIXELS} pixels"):
        decode(drawn.png(b"", 60_000, 60_000, kind=2))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
def test_a_picture_cut_off_anywhere_is_refused(form: str) -> None:
    content = encoded(RGB, form)
    for length in range(len(content)):
        with pytest.raises(NotAPicture):
            decode(content[:length])
