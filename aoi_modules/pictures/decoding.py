"""From the bytes of a picture file to its pixels, bit for bit those that a servable's graph sees. No TensorFlow."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.pictures import bmp, jpeg, png
from aoi_modules.pictures.formats import BMP_START, FOREIGN, JPEG_START, NOTHING, PNG_START, UNKNOWN
from aoi_modules.pictures.header import GRAY, Header, refuse

Plane = NDArray[np.uint8]


class Reader(Protocol):
    """A module that reads one format."""

    def read_header(self, content: bytes) -> Header:
        """Reads format and size."""

    def decode(self, content: bytes, header: Header) -> Plane:
        """Decodes the pixels, uint8 (h, w, 1) or (h, w, 3)."""


_READERS: dict[bytes, Reader] = {PNG_START: png, JPEG_START: jpeg, BMP_START: bmp}


def read_header(content: bytes) -> Header:
    """Reads what a file is, which costs microseconds whatever its size.

    Raises:
        NotAPicture: it is none that is read, by the sentence of `formats`.
        TooManyPixels: it has more than are read.
    """
    return _reader(content).read_header(content)


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
    reader = _reader(content)
    header = reader.read_header(content)
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
