"""How large the pictures of a table are, by their headers alone. No TensorFlow."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aoi_modules.datasets.table import Table
from aoi_modules.errors import NotAPicture
from aoi_modules.pictures.decoding import header_of_file, read_header
from aoi_modules.pictures.header import GRAY

LOOKED_AT = 200
"""Pictures whose headers are read, spread evenly over the table: a size is a matter of the camera, not of the part."""


@dataclass(frozen=True)
class PictureSize:
    """The size that half of the pictures reach at least, in pixels, and whether all of them are gray."""

    height: int
    width: int
    gray: bool = False

    def __str__(self) -> str:
        """As people write it, width first."""
        return f"{self.width} x {self.height}"


def typical_size(table: Table) -> PictureSize | None:
    """Finds the median height and width of a table's pictures; None for a table without any that can be read."""
    pictures = table.pictures
    if isinstance(pictures, np.ndarray):
        _, height, width, channels = pictures.shape
        return PictureSize(height, width, gray=channels == 1) if len(pictures) else None
    rows = np.linspace(0, len(pictures) - 1, min(LOOKED_AT, len(pictures))).astype(int)
    found = [header for row in rows if (header := _header(pictures[row])) is not None]
    if not found:
        return None
    height, width = np.median([(one.height, one.width) for one in found], axis=0).astype(int)
    return PictureSize(int(height), int(width), gray=all(one.gray for one in found))


def _header(picture: bytes | Path) -> PictureSize | None:
    try:
        header = read_header(picture) if isinstance(picture, bytes) else header_of_file(picture)
    except (OSError, NotAPicture):
        return None  # what cannot be decoded is named by whoever decodes it
    return PictureSize(header.height, header.width, gray=header.channels == GRAY)
