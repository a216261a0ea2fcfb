"""Four rooms in one picture, two by two: what the price model looks at. Training and clients use this same function.

bathroom  bedroom
frontal   kitchen
"""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from aoi_modules.datasets.table import Pixels, decode
from aoi_modules.errors import DataError

ROOMS = ("bathroom", "bedroom", "frontal", "kitchen")
CELL = 64


def montage(pictures: Mapping[str, bytes | Pixels] | Sequence[bytes | Pixels], *, cell: int = CELL) -> Pixels:
    """Puts the pictures of four rooms into one.

    Args:
        pictures: of each room, by its name or in the order of `ROOMS`: encoded (PNG, JPEG or BMP bytes), or pixels
            uint8 (h, w, 3) or gray (h, w, 1).
        cell: side of a room in the result. A picture of exactly that size is taken as it is, bit for bit; any other
            is resized, its proportions given up, and every pixel of it counts.

    Returns:
        uint8 (2 * cell, 2 * cell, 3).

    Raises:
        DataError: not these four rooms.
        NotAPicture: a room's bytes are no whole picture; names the room.
    """
    cells = [_cell(room, picture, cell) for room, picture in zip(ROOMS, _in_order(pictures), strict=True)]
    return np.concatenate([np.concatenate(cells[:2], axis=1), np.concatenate(cells[2:], axis=1)])


def _in_order(
    pictures: Mapping[str, bytes | Pixels] | Sequence[bytes | Pixels],
) -> Sequence[bytes | Pixels]:
    if isinstance(pictures, Mapping):
        if set(pictures) != set(ROOMS):
            raise DataError(f"pictures: expected the rooms {', '.join(ROOMS)}. Received: {', '.join(sorted(pictures))}")
        return [pictures[room] for room in ROOMS]
    if len(pictures) != len(ROOMS):
        raise DataError(f"pictures: expected four, {', '.join(ROOMS)}. Received: {len(pictures)}")
    return pictures


def _cell(room: str, picture: bytes | Pixels, cell: int) -> Pixels:
    """One room, uint8 (cell, cell, 3)."""
    image = _decoded(room, picture) if isinstance(picture, bytes) else _image(room, picture)
    if image.size != (cell, cell):
        # Pillow's filter widens with the reduction, so no pixel is passed over: fine tiles do not turn into moire.
        image = image.resize((cell, cell), Image.Resampling.HAMMING)
    return np.asarray(image, np.uint8)


def _decoded(room: str, encoded: bytes) -> Image.Image:
    return _image(room, decode(encoded, room))


def _image(room: str, pixels: Pixels) -> Image.Image:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or 0 in pixels.shape:
        raise DataError(f"{room}: expected uint8 (h, w, 3) or (h, w, 1). Received: {pixels.dtype} {pixels.shape}")
    return Image.fromarray(np.repeat(pixels, 3 // pixels.shape[2], axis=2))
