"""Which reader is asked, and in which channels it answers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aoi_modules.errors import NotAPicture, TooManyPixels
from aoi_modules.pictures import decoding, formats
from aoi_modules.pictures.decoding import check, decode, header_of_file, read_header
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


@pytest.mark.parametrize("beginning", [16, 64, 300, 1 << 16])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_file_is_known_by_its_beginning_whatever_stands_in_front_of_the_size(
    form: str, mode: str, beginning: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "BEGINNING", beginning)
    notes = {"exif": b"Exif\0\0" + bytes(range(256)) * 2} if form != "BMP" else {}
    for name, content in {
        "plain": encoded(RGB.convert(mode), form),
        "noted": encoded(RGB.convert(mode), form, **notes),
    }.items():
        file = tmp_path / name
        file.write_bytes(content)
        assert header_of_file(file) == read_header(content)


def test_what_stands_behind_the_beginning_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    content = encoded(soft(400, 500), "JPEG", quality=98)
    file.write_bytes(content + b"\xff")
    assert len(content) > decoding.BEGINNING
    assert header_of_file(file) == read_header(content)
    with pytest.raises(NotAPicture):
        read_header(file.read_bytes())


@pytest.mark.parametrize("content", [b"", b"hello", encoded(soft(4, 4), "GIF"), encoded(soft(9, 9), "BMP")[:-1]])
def test_what_is_refused_is_refused_by_file_too(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(NotAPicture) as by_content:
        read_header(content)
    with pytest.raises(NotAPicture) as by_file:
        header_of_file(tmp_path / "file")
    assert by_file.value.message == by_content.value.message


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


@given(data=st.data(), form=st.sampled_from(["PNG", "JPEG", "BMP"]), progressive=st.booleans())
@settings(max_examples=150, deadline=None)
def test_checking_finds_the_same_as_decoding(data: st.DataObject, form: str, progressive: bool) -> None:
    """A JPEG is checked in another way than it is decoded."""
    content = bytearray(encoded(RGB, form, progressive=progressive) if form == "JPEG" else encoded(RGB, form))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    damaged = bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])

    def said(read: Callable[[], object]) -> str:
        try:
            read()
        except NotAPicture as error:
            return error.message
        return ""

    try:
        header = read_header(damaged)
    except NotAPicture:
        return
    assert said(lambda: check(damaged, header)) == said(lambda: decode(damaged))
