"""Looks at a picture file before anything is learnt from it: is it whole, and of a size and kind that models read?"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures.decoding import Plane, decode, read_header
from aoi_modules.pictures.header import COLOUR, GRAY

__all__ = ["COLOUR", "GRAY", "SMALLEST", "PictureFile", "look_at", "whole"]
SMALLEST = 8
"""Pixels of the shorter side; less is a thumbnail gone wrong."""


@dataclass(frozen=True)
class PictureFile:
    """What a whole picture file is.

    Args:
        sha256: of its content.
        channels: 1 (gray) or 3 (colour).
    """

    sha256: str
    channels: int


def look_at(path: Path) -> PictureFile | str:
    """Reads and decodes a file to its end, as training will; gives a sentence instead if the file cannot be used."""
    try:
        return whole(path.read_bytes())[0]
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except NotAPicture as error:
        return error.message


def whole(content: bytes) -> tuple[PictureFile, Plane]:
    """Decodes the content of a file: what it is, and its pixels, uint8 (h, w, C).

    Raises:
        NotAPicture: training will not take it; says why.
    """
    header = read_header(content)
    if min(header.height, header.width) < SMALLEST:
        size = f"{header.width} x {header.height}"
        raise NotAPicture(f"expected at least {SMALLEST} x {SMALLEST} pixels. Received: {size}")
    pixels = decode(content)
    return PictureFile(hashlib.sha256(content).hexdigest(), header.channels), pixels
