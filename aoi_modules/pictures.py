"""Whether bytes are a picture that the line reads: PNG, JPEG or BMP, whole, of a size that fits in memory."""

import io
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin

from aoi_modules.errors import NotAPicture

# First bytes of each format -> its name and decoder. Asking a decoder directly keeps every other format of Pillow out.
_DECODERS: dict[bytes, tuple[str, type[ImageFile.ImageFile]]] = {
    b"\x89PNG\r\n\x1a\n": ("PNG", PngImagePlugin.PngImageFile),
    b"\xff\xd8\xff": ("JPEG", JpegImagePlugin.JpegImageFile),
    b"BM": ("BMP", BmpImagePlugin.BmpImageFile),
}
# Pillow is content when the pixels are there; other decoders, that of the model among them, want the end as well.
_END = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}
_HINT = "send the bytes of a PNG, JPEG or BMP file"


@dataclass(frozen=True)
class Picture:
    """A picture whose header was read; its pixels are not decoded yet. Height and width in pixels."""

    format: str
    height: int
    width: int
    content: bytes
    image: Image.Image


def read_header(content: bytes) -> Picture:
    """Reads format and size, which costs microseconds whatever the size.

    Raises:
        NotAPicture: the bytes are no picture, or one of a format that the line does not read.
    """
    for magic, (name, decoder) in _DECODERS.items():
        if content.startswith(magic):
            try:
                image = decoder(io.BytesIO(content))
            except Exception as error:  # a decoder raises whatever the damage makes it raise
                _refuse(name, error)
            return Picture(name, image.height, image.width, content, image)
    raise NotAPicture(f"expected a PNG, JPEG or BMP picture. Received: {_first_bytes(content)}", hint=_HINT)


def decode(picture: Picture) -> None:
    """Decodes all pixels, which proves that the picture is whole. Ask for the size first: pixels take memory.

    Raises:
        NotAPicture: it is damaged or cut off.
    """
    try:
        picture.image.load()
    except Exception as error:  # a decoder raises whatever the damage makes it raise
        _refuse(picture.format, error)
    if _END.get(picture.format, b"") not in picture.content:
        _refuse(picture.format, "its last bytes are missing")


def check_picture(content: bytes, max_pixels: int = 100_000_000) -> Picture:
    """Reads header and pixels.

    Raises:
        NotAPicture: the bytes are no picture, a damaged one, or one of more than `max_pixels` pixels.
    """
    picture = read_header(content)
    if picture.height * picture.width > max_pixels:
        raise NotAPicture(f"expected at most {max_pixels} pixels. Received: {picture.width} x {picture.height}")
    decode(picture)
    return picture


def pixels_of(content: bytes, channels: int) -> NDArray[np.uint8]:
    """A picture's pixels as a camera would hand them over, uint8 (H, W, `channels`), 1 or 3.

    Raises:
        NotAPicture: the bytes are none.
    """
    picture = check_picture(content)
    pixels = np.asarray(picture.image.convert("L" if channels == 1 else "RGB"))
    return pixels[..., np.newaxis] if channels == 1 else pixels


def _refuse(name: str, error: Exception | str) -> NoReturn:
    raise NotAPicture(f"a {name} picture that is damaged or cut off: {error}", hint=_HINT) from None


def _first_bytes(content: bytes) -> str:
    return f"{len(content)} bytes that begin with {content[:16]!r}" if content else "no bytes"
