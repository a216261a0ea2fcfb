"""JPEG as the decoder of a servable's graph reads it.

That one lets libjpeg take its quick inverse DCT and smooth the colours that it enlarges. Pillow cannot ask for both;
with its defaults a sharp JPEG comes out up to nine gray levels different, and a score near its threshold with it. So
JPEGs are decoded by simplejpeg, a thin layer over the same libjpeg-turbo.
"""

import math
import re
from collections.abc import Iterator

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from aoi_modules.pictures.formats import (
    DAMAGED,
    JPEG_FIRST_SEGMENT,
    JPEG_RARE,
    JPEG_READ,
    JPEG_SAMPLING,
    JPEG_TABLES,
    PRINT_COLOURS,
    RARE_JPEG,
    RARE_SAMPLING,
)
from aoi_modules.pictures.header import COLOUR, GRAY, Header, check_size, refuse

Plane = NDArray[np.uint8]
_FRAME = 20
"""Bytes from a frame's marker on that say what the picture is, and one more."""
_MARKER = re.compile(rb"\xff+([\x01-\xfe])")
_FORGIVEN = ("Corrupt JPEG data", "Inconsistent progression", "Invalid SOS parameters")
"""How libjpeg begins to say that it reads on; it says only the first of these, and whatever makes it give up."""
_NO_END = b"\xff\xd8" * 0x8100
"""Behind a file: who reads on beyond its end gives up, wherever a segment's length leads."""
_ALONE = (0x01, *range(0xD0, 0xD8))
"""Markers that no length follows, and that mean nothing before a scan."""
_JFIF, _ADOBE, _SCAN, _END = 0xE0, 0xEE, 0xDA, 0xD9


def read_header(content: bytes, length: int | None = None) -> Header:
    """Reads format and size.

    Args:
        content: of the file, or its beginning.
        length: of the file in bytes, where `content` is only its beginning.

    Raises:
        NotAPicture: it is no JPEG that is read, or its size does not stand in that beginning.
    """
    whole = length is None or length == len(content)
    if whole and content.endswith(b"\xff"):  # half a marker, which TensorFlow's decoder takes for the end
        refuse(DAMAGED)
    at = _frame(content)
    if not whole and at >= len(content) - _FRAME:
        refuse(DAMAGED)
    frame = content[at : at + _FRAME].ljust(_FRAME, b"\0")
    marker, precision, channels = frame[1], frame[4], frame[9]
    if marker in JPEG_RARE:
        refuse(RARE_JPEG)
    if marker not in JPEG_READ:
        refuse(DAMAGED)
    if channels == 4:
        refuse(PRINT_COLOURS)
    if precision != 8 or channels not in (GRAY, COLOUR):
        refuse(RARE_JPEG)
    height, width = int.from_bytes(frame[5:7], "big"), int.from_bytes(frame[7:9], "big")
    check_size(height, width)
    if channels == COLOUR and frame[11:18:3] not in JPEG_SAMPLING:
        refuse(RARE_SAMPLING)
    return Header("JPEG", height, width, channels)


def decode(content: bytes, header: Header) -> Plane:
    """Decodes the pixels: uint8 (h, w, 1) or (h, w, 3).

    Raises:
        NotAPicture: it is cut off, or so damaged that libjpeg gives it up.
    """
    try:
        return _decoded(content, header)
    except ValueError:
        return _mended(content, header)


def is_whole(content: bytes) -> bool:
    """Whether libjpeg finds nothing amiss in a file; it reads all of it, and makes an eighth of the picture's sides.

    What is not whole `decode` may still read.
    """
    try:
        simplejpeg.decode_jpeg(content, "GRAY", fastdct=True, min_height=1, min_width=1, strict=True)
    except ValueError:
        return False
    return True


def decode_luma(content: bytes, header: Header, fewest: int) -> Plane | None:
    """Decodes the luma alone, shrunk as far as the format's blocks allow: uint8 (h, w, 1).

    Args:
        content: of the file.
        header: of the file.
        fewest: pixels that are to be left, unless the picture has fewer.

    Returns:
        None of a damaged file, which `decode` may still read.
    """
    factor = min(1.0, math.sqrt(fewest / (header.height * header.width)))
    height, width = math.ceil(header.height * factor), math.ceil(header.width * factor)
    try:
        luma: Plane = simplejpeg.decode_jpeg(content, "GRAY", fastdct=True, min_height=height, min_width=width)
    except ValueError:
        return None
    return luma


def _frame(content: bytes) -> int:
    """Where the frame stands: the first segment that may not stand before it."""
    at, last = 2, len(content) - _FRAME
    while (
        at < last and content[at] == 0xFF and (content[at + 1] == JPEG_TABLES or content[at + 1] >= JPEG_FIRST_SEGMENT)
    ):
        filled = content[at + 1] == 0xFF
        at = min(at + (1 if filled else 2 + int.from_bytes(content[at + 2 : at + 4], "big")), last)
    return at


def _decoded(content: bytes, header: Header, *, strict: bool = True) -> Plane:
    colours = "GRAY" if header.channels == GRAY else "RGB"
    pixels: Plane = simplejpeg.decode_jpeg(content, colours, fastdct=True, fastupsample=False, strict=strict)
    return pixels.reshape(header.height, header.width, header.channels)


def _mended(content: bytes, header: Header) -> Plane:
    """What libjpeg reads of a damaged file, if it does not give it up and finds its end."""
    clean = b"".join(_cleaned(content))
    try:
        return _decoded(clean + _NO_END, header)
    except ValueError as error:
        if not str(error).startswith(_FORGIVEN):
            refuse(DAMAGED)
    return _decoded(clean, header, strict=False)


def _cleaned(content: bytes) -> Iterator[bytes]:
    """The file without what libjpeg reads over before the first scan, which simplejpeg stumbles over."""
    yield content[:2]
    at = 2
    while match := _MARKER.search(content, at):
        marker, start = match[1][0], match.end()
        if marker in _ALONE:
            at = start
            continue
        end = start + max(2, int.from_bytes(content[start : start + 2], "big"))
        if marker in (_SCAN, _END):
            yield content[start - 2 :]
            return
        yield from _segment(marker, content[start:end])
        at = end


def _segment(marker: int, body: bytes) -> Iterator[bytes]:
    """One segment with its marker; of what applications note, only what says the colours."""
    if marker == _JFIF and body[2:7] == b"JFIF\0" and len(body) >= 16:
        body = body[:7] + b"\1\1" + body[9:]
    elif marker == _ADOBE and body[2:7] == b"Adobe" and len(body) >= 14:
        body = body[:13] + bytes([min(body[13], 1)]) + body[14:]
    elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
        return
    yield bytes([0xFF, marker]) + body
