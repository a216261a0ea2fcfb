"""Small copies of kept pictures, for pages that show many: made once, one after the other, and kept in memory."""

import asyncio
import io
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from PIL import Image

from aoi_modules.errors import BadParameter
from aoi_modules.pictures.decoding import decode
from aoi_modules.results.record import Record

SIDES = (160, 960)
"""Pixels of the longer side."""
MOST_BYTES = 32 * 1024 * 1024
_QUALITY = 82


class Thumbnails:
    """Copies that were asked for last."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._bytes = 0
        self._turn = asyncio.Lock()

    async def of(self, record: Record, side: int, picture: Callable[[Record], Awaitable[bytes]]) -> bytes:
        """Gives a copy as JPEG.

        Args:
            record: whose picture is meant.
            side: one of `SIDES`.
            picture: gives the bytes of its picture.

        Raises:
            BadParameter: no copy of that size is made.
            NotAPicture: the kept bytes cannot be read.
        """
        if side not in SIDES:
            raise BadParameter("side", expected=f"one of: {', '.join(map(str, SIDES))}", found=str(side))
        key = (record.id, side)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        whole = await picture(record)
        async with self._turn:  # a page asks for many at once, and the line needs the processors
            copy = await asyncio.to_thread(small, whole, side)
        self._keep(key, copy)
        return copy

    def _keep(self, key: tuple[str, int], copy: bytes) -> None:
        self._bytes += len(copy) - len(self._kept.get(key, b""))
        self._kept[key] = copy
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)


def small(picture: bytes, side: int) -> bytes:
    """Makes a copy.

    Args:
        picture: bytes of a file.
        side: pixels of the longer side; smaller pictures stay as large as they are.

    Raises:
        NotAPicture: no decoder of ours reads it.
    """
    pixels = decode(picture)  # (h, w, 1) or (h, w, 3)
    whole = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    whole.thumbnail((side, side))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
