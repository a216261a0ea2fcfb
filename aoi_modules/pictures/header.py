"""What the first bytes of a picture file say."""

from dataclasses import dataclass
from typing import NoReturn

from aoi_modules.errors import NotAPicture, TooManyPixels
from aoi_modules.pictures.formats import DAMAGED, MAX_PIXELS, MAX_SIDE, TOO_LARGE, Refusal

GRAY, COLOUR = 1, 3
"""Channels of a decoded picture."""


@dataclass(frozen=True)
class Header:
    """A picture whose pixels are not decoded yet.

    Args:
        format: `PNG`, `JPEG` or `BMP`.
        height: in pixels.
        width: in pixels.
        channels: 1 (gray) or 3 (colours); transparency is not counted.
    """

    format: str
    height: int
    width: int
    channels: int


def refuse(refusal: Refusal) -> NoReturn:
    """Refuses a file by the sentence that everybody uses.

    Raises:
        NotAPicture: always.
    """
    raise (TooManyPixels if refusal is TOO_LARGE else NotAPicture)(refusal.sentence)


def check_size(height: int, width: int) -> None:
    """Makes sure that a header promises pixels, and not too many.

    Raises:
        NotAPicture: it does not.
    """
    if min(height, width) < 1:
        refuse(DAMAGED)
    if max(height, width) > MAX_SIDE or height * width > MAX_PIXELS:
        refuse(TOO_LARGE)
