"""One look at each picture file: what training says of it, and what a person wants to know beside that."""

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.datasets.picture_files import PictureFile, look_at, whole
from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import NotAPicture

HEIGHT, WIDTH = 32, 36
"""Of the small picture by which pictures are compared."""
FLAT = 2
"""Gray levels between the darkest and the brightest pixel of a picture that shows nothing."""
TINGE = 2
"""Levels that colours may differ in a picture that is gray and was stored as colour; JPEG does not keep them equal."""
_COLOURS = {"1": "gray", "L": "gray", "LA": "gray", "P": "palette", "I;16": "gray", "I": "gray", "F": "gray"}

Small = NDArray[np.uint16]
"""(HEIGHT, WIDTH), gray levels times 256."""


@dataclass(frozen=True)
class Look:
    """A picture file.

    Args:
        kind: format, colours and bits: `PNG, RGB, 8 bits`; empty for a file that is no picture.
        width: in pixels.
        height: in pixels.
        pixels_sha256: of the decoded pixels; empty where there are none.
        flat: shows nothing: all pixels are of one level.
        gray_as_colour: has three channels that say the same.
        small: to be compared with others; None where there are no pixels.
    """

    kind: str = ""
    width: int = 0
    height: int = 0
    pixels_sha256: str = ""
    flat: bool = False
    gray_as_colour: bool = False
    small: Small | None = None


@dataclass
class Looks:
    """Looks at files as training does, once at each, and keeps what it saw."""

    verdicts: dict[Path, PictureFile | str] = field(default_factory=dict)
    looks: dict[Path, Look] = field(default_factory=dict)

    def look_at(self, path: Path) -> PictureFile | str:
        """As `picture_files.look_at`; a file that was seen already is not opened again."""
        if path not in self.verdicts:
            self.verdicts[path], self.looks[path] = _look(path)
        return self.verdicts[path]


def _look(path: Path) -> tuple[PictureFile | str, Look]:
    try:
        content = path.read_bytes()
    except OSError:
        return look_at(path), Look()  # which says why
    kind, width, height = _header(content)
    try:
        file, pixels = whole(content)
    except NotAPicture as error:
        return error.message, Look(kind, width, height)
    low, high = pixels.min(axis=(0, 1)).astype(int), pixels.max(axis=(0, 1)).astype(int)
    look = Look(
        kind,
        width,
        height,
        hashlib.sha256(f"{pixels.shape}".encode() + np.ascontiguousarray(pixels).data).hexdigest(),
        flat=bool((high - low).max() <= FLAT),
        gray_as_colour=_gray_as_colour(pixels),
        small=small(pixels),
    )
    return file, look


def _header(content: bytes) -> tuple[str, int, int]:
    """Kind, width and height, also of files that are not read; an empty kind of what is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return _kind(image, content), image.width, image.height
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "", 0, 0  # what is wrong with it is the verdict's to say


def small(pixels: Pixels) -> Small:
    """Shrinks a picture by the mean over areas: uint8 (h, w, C) to uint16 (HEIGHT, WIDTH), gray levels times 256."""
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).convert("L").convert("F")
    levels = np.asarray(image.resize((WIDTH, HEIGHT), Image.Resampling.BOX), np.float32)
    return np.rint(levels * 256).astype(np.uint16)


def _gray_as_colour(pixels: Pixels) -> bool:
    if pixels.shape[-1] != 3:
        return False
    for part in (pixels[::16, ::16], pixels):  # most pictures of colours are known by a few pixels
        levels = part.astype(np.int16)
        if np.ptp(levels, axis=-1).max() > TINGE:
            return False
    return True


def _kind(image: Image.Image, content: bytes) -> str:
    return f"{image.format}, {_COLOURS.get(image.mode, image.mode)}, {_bits(image, content)} bits"


def _bits(image: Image.Image, content: bytes) -> int:
    """Of a channel. Pillow tells the mode that it makes of a file, so the header is asked."""
    if image.format == "PNG":
        return content[24]
    return {"1": 1, "I;16": 16, "I": 32, "F": 32}.get(image.mode, 8)
