import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import check_picture, read_header

FORMS = ["PNG", "JPEG", "BMP"]


def encoded(form: str, size: tuple[int, int] = (16, 12), mode: str = "L") -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(file, form)
    return file.getvalue()


PICTURES = {form: encoded(form) for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pictures_of_the_lines_formats(form: str, mode: str) -> None:
    picture = check_picture(encoded(form, (16, 12), mode))
    assert (picture.format, picture.height, picture.width) == (form, 12, 16)


@pytest.mark.parametrize("mode", ["CMYK", "1"])
def test_unusual_but_whole_pictures(mode: str) -> None:
    assert check_picture(encoded("JPEG" if mode == "CMYK" else "PNG", mode=mode)).width == 16


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_cut_off_anywhere_is_refused(form: str) -> None:
    content = PICTURES[form]
    for length in range(len(content)):
        with pytest.raises(NotAPicture):
            check_picture(content[:length])


@pytest.mark.parametrize("form", ["GIF", "TIFF", "WEBP"])
def test_other_formats_are_refused(form: str) -> None:
    with pytest.raises(NotAPicture, match="expected a PNG, JPEG or BMP picture"):
        check_picture(encoded(form))


def test_nothing_at_all() -> None:
    with pytest.raises(NotAPicture, match="Received: no bytes"):
        check_picture(b"")


def test_a_huge_picture_in_a_small_file_is_known_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    bomb += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    assert read_header(bomb).width == 100_000
    with pytest.raises(NotAPicture, match=r"at most 100000000 pixels\. Received: 100000 x 100000"):
        check_picture(bomb)


@settings(deadline=None)
@given(st.sampled_from(FORMS), st.binary(max_size=300))
def test_any_bytes_after_the_magic_are_a_picture_or_not(form: str, rest: bytes) -> None:
    with suppress(NotAPicture):
        check_picture(PICTURES[form][:8] + rest, max_pixels=10_000)


@settings(deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_a_damaged_picture_is_a_picture_or_not(form: str, data: st.DataObject) -> None:
    content = bytearray(PICTURES[form])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(NotAPicture):
        check_picture(bytes(content), max_pixels=10_000)
