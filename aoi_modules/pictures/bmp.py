"""BMP: rows of blue, green and red, or of gray levels."""

import struct

import numpy as np
from numpy.typing import NDArray

from aoi_modules.pictures.formats import BGR_MASKS, BMP_BITS, COLOUR_TABLE, DAMAGED, OLD_BMP, PACKED_BMP
from aoi_modules.pictures.header import COLOUR, GRAY, Header, check_size, refuse

Plane = NDArray[np.uint8]
_HEAD = struct.Struct("<iiiiHHI")
"""From byte 10: where the pixels begin, size of the second header, width, height, planes, bits, compression."""
_FEWEST = 54
_RAMP = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
_BIT_FIELDS = 3


def read_header(content: bytes, length: int | None = None) -> Header:
    """Reads format and size, and whether the colour table is that of gray levels.

    Args:
        content: of the file, or its beginning.
        length: of the file in bytes, where `content` is only its beginning.

    Raises:
        NotAPicture: it is no BMP that is read.
    """
    if len(content) < _FEWEST:
        refuse(DAMAGED)
    start, size, width, height, _, bits, compression = _HEAD.unpack_from(content, 10)
    if size < 40:
        refuse(OLD_BMP)
    if bits not in (8, 24, 32):
        refuse(BMP_BITS)
    if compression and not (compression == _BIT_FIELDS and bits == 32 and content[54:66] == BGR_MASKS):
        refuse(PACKED_BMP)
    if bits == 8 and not _is_ramp(content[14 + size : 14 + size + 1024]):
        refuse(COLOUR_TABLE)
    check_size(abs(height), width)
    if start < _FEWEST or start + abs(height) * _row(width, bits) > (length or len(content)):
        refuse(DAMAGED)
    return Header("BMP", abs(height), width, GRAY if bits == 8 else COLOUR)


def decode(content: bytes, header: Header) -> Plane:
    """Decodes the pixels: uint8 (h, w, 1) or (h, w, 3)."""
    start, _, width, height, _, bits, _ = _HEAD.unpack_from(content, 10)
    samples, row = bits // 8, _row(width, bits)
    rows = np.frombuffer(content, np.uint8, header.height * row, start).reshape(header.height, row)
    pixels = rows[:, : width * samples].reshape(header.height, width, samples)
    upright = pixels[::-1] if height > 0 else pixels
    return upright if samples == 1 else upright[..., 2::-1]


def _row(width: int, bits: int) -> int:
    """Bytes of a row, which are a multiple of four."""
    return (width * bits + 31) // 32 * 4


def _is_ramp(table: bytes) -> bool:
    return len(table) == 1024 and bool((np.frombuffer(table, np.uint8).reshape(256, 4)[:, :3] == _RAMP).all())
