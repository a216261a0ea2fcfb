"""From the bytes of a picture file to its pixels, bit for bit those that a servable's graph sees. No TensorFlow."""

import os
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import bmp, jpeg, png
from aoi_modules.pictures.formats import BMP_START, FOREIGN, JPEG_START, NOTHING, PNG_START, SIXTEEN_BITS, UNKNOWN
from aoi_modules.pictures.header import GRAY, Header, refuse

Plane = NDArray[np.uint8]
BEGINNING = 1 << 16
"""Bytes of a file in which its size mostly stands: a camera may write a small picture of it in front."""


class Reader(Protocol):
    """A module that reads one format."""

    def read_header(self, content: bytes, length: int | None = None) -> Header:
        """Reads format and size; `length` is that of the file where `content` is only its beginning."""

    def decode(self, content: bytes, header: Header) -> Plane:
        """Decodes the pixels, uint8 (h, w, 1) or (h, w, 3)."""


_READERS: dict[bytes, Reader] = {PNG_START: png, JPEG_START: jpeg, BMP_START: bmp}


def read_header(content: bytes, length: int | None = None) -> Header:
    """Reads what a file is, which costs microseconds whatever its size.

    Args:
        content: of the file, or its beginning.
        length: of the file in bytes, where `content` is only its beginning. A beginning that is too short is refused.

    Raises:
        NotAPicture: it is none that is read, by the sentence of `formats`.
        TooManyPixels: it has more than are read.
    """
    header = _reader(content).read_header(content, length)
    if header.bits > 8:
        refuse(SIXTEEN_BITS)
    return header


def header_of_file(path: Path) -> Header:
    """Reads what a file is from its beginning; from all of it only where that does not tell. Its end is not looked at.

    Raises:
        OSError: it cannot be read.
        NotAPicture: as `read_header`.
        TooManyPixels: as `read_header`.
    """
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
        length = os.fstat(file.fileno()).st_size
        try:
            return read_header(beginning, length)
        except NotAPicture:
            return read_header(beginning + file.read())


def decode(content: bytes, channels: int | None = None) -> Plane:
    """Decodes a picture.

    Args:
        content: of a PNG, JPEG or BMP file.
        channels: 3, or 1 for gray levels by the formula of `datasets.decoding.gray`; None: as many as the file has.

    Returns:
        uint8 (h, w, channels).

    Raises:
        NotAPicture: it is none that is read, or a damaged one; by the sentence of `formats`.
        TooManyPixels: it has more than are read.
    """
    return decode_accepted(content, read_header(content), channels)


def check(content: bytes, header: Header) -> None:
    """Makes sure that `decode` reads a picture, which for a JPEG takes half of the time of decoding it.

    Args:
        content: of a PNG, JPEG or BMP file.
        header: of the file; see `read_header`.

    Raises:
        NotAPicture: it does not; by the same sentence.
    """
    if header.format != "JPEG" or not jpeg.is_whole(content):
        decode_accepted(content, header)


def decode_accepted(content: bytes, header: Header | None, channels: int | None = None) -> Plane:
    """Decodes a picture by its header, which `read_header` took; see `decode`.

    It stands apart as the decoder in a graph stands behind its assertion: alone, without a header, it brings 16 bits
    to 8.
    """
    reader = _reader(content)
    header = header or reader.read_header(content)
    pixels = reader.decode(content, header)
    if channels is None or channels == header.channels:
        return np.ascontiguousarray(pixels)
    if channels == GRAY:
        return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))[..., np.newaxis]
    return np.repeat(pixels, channels, axis=-1)


def _reader(content: bytes) -> Reader:
    """The module that reads such files."""
    for start, reader in _READERS.items():
        if content.startswith(start):
            return reader
    head = content[:16].ljust(16, b"\0")  # the graph fills up a short file in this way
    known = (refusal for at, start, refusal in FOREIGN if head.startswith(start, at))
    return refuse(next(known, UNKNOWN) if content else NOTHING)
