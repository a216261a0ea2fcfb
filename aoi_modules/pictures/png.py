"""PNG as the decoder of a servable's graph reads it, libpng: what that forgives is forgiven here, and no more.

Pillow undoes the filters of the rows. The rest stands here, because Pillow is content with too few rows, with a stream
that has no end and with any palette.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.pictures.formats import DAMAGED
from aoi_modules.pictures.header import COLOUR, GRAY, Header, check_size, refuse

Plane = NDArray[np.uint8]
_HEAD = struct.Struct(">IIBBBBB")
_FIRST, _BEHIND_HEAD = b"\0\0\0\rIHDR", 33
_NEEDED = (b"PLTE", b"IDAT", b"IEND")
"""Parts behind the first that pixels depend on; a file with others of that kind is none that a decoder knows."""
_PALETTE = 3
# (bits, colour type) -> how Pillow calls the pixels, and how it calls their bytes; the samples of a pixel.
_KINDS = {
    (1, 0): ("1", "1", 1),
    (2, 0): ("L", "L;2", 1),
    (4, 0): ("L", "L;4", 1),
    (8, 0): ("L", "L", 1),
    (8, 2): ("RGB", "RGB", 3),
    (1, _PALETTE): ("P", "P;1", 1),
    (2, _PALETTE): ("P", "P;2", 1),
    (4, _PALETTE): ("P", "P;4", 1),
    (8, _PALETTE): ("P", "P", 1),
    (8, 4): ("LA", "LA", 2),
    (8, 6): ("RGBA", "RGBA", 4),
    (16, 0): ("I;16", "I;16B", 1),
    (16, 2): ("RGB", "RGB;16B", 3),
    (16, 4): ("RGBA", "LA;16B", 2),
    (16, 6): ("RGBA", "RGBA;16B", 4),
}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of an interlaced picture: first column and row of each pass, and the steps between them."""
_PORTION = 4096
"""Bytes that libpng inflates at a time."""
_BLOCK = 1 << 20


def read_header(content: bytes, length: int | None = None) -> Header:
    """Reads format and size, which stand in the first bytes.

    Raises:
        NotAPicture: it is no PNG that is read.
    """
    width, height, bits, kind, *_ = _head(content)
    check_size(height, width)
    return Header("PNG", height, width, COLOUR if kind in (2, _PALETTE, 6) else GRAY, 16 if bits == 16 else 8)


def decode(content: bytes, header: Header) -> Plane:
    """Decodes the pixels: uint8 (h, w, 1) or (h, w, 3). Of 16 bits the upper 8 are taken, as libpng takes them.

    Raises:
        NotAPicture: it is damaged or cut off.
    """
    width, height, bits, kind, compression, filtering, interlaced = _head(content)
    if not _is_right(memoryview(content), 8, 29) or (bits, kind) not in _KINDS:
        refuse(DAMAGED)
    if compression or filtering or interlaced > 1:
        refuse(DAMAGED)
    mode, raw_mode, samples = _KINDS[bits, kind]
    chunks = list(_chunks(content))
    colours = _colours(chunks, kind)
    rows = _inflated(_stream(chunks), _size(width, height, bits * samples, bool(interlaced)))
    try:
        image = Image.frombytes(mode, (width, height), zlib.compress(rows, 0), "zip", raw_mode, interlaced)
    except ValueError:  # a filter that does not exist
        refuse(DAMAGED)
    pixels: Plane = np.asarray(image)
    if kind == _PALETTE:
        return _palette(colours, bits)[pixels]
    if bits == 1:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    if mode == "I;16":
        pixels = (pixels >> 8).astype(np.uint8)
    return pixels.reshape(height, width, -1)[..., : header.channels]


def _head(content: bytes) -> tuple[int, ...]:
    if len(content) < _BEHIND_HEAD or content[8:16] != _FIRST:
        refuse(DAMAGED)
    return _HEAD.unpack_from(content, 16)


Chunk = tuple[bytes, memoryview]
"""Name and content of a part of the file."""


def _chunks(content: bytes) -> Iterator[Chunk]:
    """The parts between the first and the last one. Wrong checksums matter where pixels depend on the part."""
    view, at = memoryview(content), _BEHIND_HEAD
    while at + 12 <= len(view):
        length, name = int.from_bytes(view[at : at + 4], "big"), bytes(view[at + 4 : at + 8])
        end = at + 8 + length
        if end + 4 > len(view) or not name.isalpha():
            break
        if name[:1].isupper() and (name not in _NEEDED or not _is_right(view, at, end)):
            break
        if name == b"IEND":
            return
        yield name, view[at + 8 : end]
        at = end + 4
    refuse(DAMAGED)


def _is_right(view: memoryview, at: int, end: int) -> bool:
    """Whether the checksum of a part is."""
    return zlib.crc32(view[at + 4 : end]) == int.from_bytes(view[end : end + 4], "big")


def _stream(chunks: Sequence[Chunk]) -> list[memoryview]:
    """The compressed rows: of the first parts that follow each other."""
    from_rows = dropwhile(lambda chunk: chunk[0] != b"IDAT", chunks)
    return [body for _, body in takewhile(lambda chunk: chunk[0] == b"IDAT", from_rows)]


def _colours(chunks: Sequence[Chunk], kind: int) -> bytes:
    """The palette's part; only colours may have one, once."""
    if not kind & 2:
        return b""
    names = [name for name, _ in chunks]
    places = [place for place, name in enumerate(names) if name == b"PLTE"]
    needed = kind == _PALETTE
    if len(places) > 1 or (needed and (not places or b"IDAT" in names[: places[0]])):
        refuse(DAMAGED)
    return bytes(chunks[places[0]][1]) if places else b""


def _palette(colours: bytes, bits: int) -> Plane:
    """Colours by their number, uint8 (256, 3); those that the file does not name are black."""
    named, rest = divmod(len(colours), 3)
    if rest or not 1 <= named <= 256:
        refuse(DAMAGED)
    palette = np.zeros((256, 3), np.uint8)
    known = min(named, 1 << bits)
    palette[:known] = np.frombuffer(colours, np.uint8).reshape(named, 3)[:known]
    return palette


def _size(width: int, height: int, bits: int, interlaced: bool) -> int:
    """How many bytes the rows have, each with the byte of its filter."""
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for column, row, across, down in passes:
        columns, rows = -(-(width - column) // across), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _inflated(stream: Sequence[memoryview], size: int) -> bytes:
    """The first `size` bytes of a stream that has an end; what it holds beyond them is not kept."""
    try:
        return _read(zlib.decompressobj(), [b"".join(stream)], size)
    except zlib.error:
        # libpng reads on if what is wrong, mostly the sum at the end, stands in another portion than the last row.
        return _read(zlib.decompressobj(), list(_portions(stream)), size, forgiving=True)


def _portions(stream: Sequence[memoryview]) -> Iterator[memoryview]:
    """The parts as libpng reads them."""
    for body in stream:
        yield from (body[at : at + _PORTION] for at in range(0, len(body), _PORTION))


def _read(inflater: Any, portions: Sequence[bytes | memoryview], size: int, *, forgiving: bool = False) -> bytes:
    rows: list[bytes] = []
    missing = size
    for portion in portions:
        rest = portion
        while rest and not inflater.eof:
            try:
                found = inflater.decompress(rest, missing or _BLOCK)
            except zlib.error:
                if not forgiving:
                    raise
                return refuse(DAMAGED) if missing else b"".join(rows)
            if missing:
                rows.append(found)
                missing -= len(found)
            rest = inflater.unconsumed_tail
    if missing or not inflater.eof:
        refuse(DAMAGED)
    return b"".join(rows)
