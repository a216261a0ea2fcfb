"""Looks at a picture file before anything is learnt from it: is it whole, and of a size and kind that models read?"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
OTHER_ENDINGS = (".tif", ".tiff", ".gif", ".webp", ".heic", ".avif", ".jp2", ".ppm", ".pgm", ".raw", ".dng")
"""Pictures too, but no decoder of a served graph reads them."""
SMALLEST = 8
"""Pixels of the shorter side; less is a thumbnail gone wrong."""
GRAY, COLOUR = 1, 3
_CHANNELS = {"1": GRAY, "L": GRAY, "LA": GRAY, "P": COLOUR, "RGB": COLOUR, "RGBA": COLOUR}
_BITMAP_MODES = ("L", "RGB")


@dataclass(frozen=True)
class PictureFile:
    """What a whole picture file is: SHA-256 of its content, and 1 (gray) or 3 (colour) channels."""

    sha256: str
    channels: int


def look_at(path: Path) -> PictureFile | str:
    """Reads and decodes a file to its end; gives a sentence instead if the file cannot be used."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    try:
        with Image.open(io.BytesIO(content)) as image:
            problem = _problem(image)
            if problem:
                return problem
            image.load()
            return PictureFile(hashlib.sha256(content).hexdigest(), _CHANNELS[image.mode])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return f"expected at most {Image.MAX_IMAGE_PIXELS} pixels. Received: far more"
    except (OSError, SyntaxError, ValueError) as error:
        # Pillow names the memory that it reads from, which tells nobody anything.
        return f"expected a whole PNG, JPEG or BMP picture: {str(error).partition(' <_io')[0]}"


def _problem(image: Image.Image) -> str:
    """Why models would not read an opened picture; empty when they would."""
    if image.format not in ("PNG", "JPEG", "MPO", "BMP"):
        return f"expected a PNG, JPEG or BMP picture. Received: {image.format}, whatever its name says"
    if min(image.size) < SMALLEST:
        return f"expected at least {SMALLEST} x {SMALLEST} pixels. Received: {image.width} x {image.height}"
    if image.mode not in _CHANNELS or (image.format == "BMP" and image.mode not in _BITMAP_MODES):
        return (
            f"expected gray or RGB with 8 bits a channel. Received: {image.format} of mode {image.mode}; save it as PNG"
        )
    return ""
