"""Pictures as TensorFlow's decoder sees them, without TensorFlow: bit for bit, but for JPEGs in the colours of print or
with a damaged head, which Pillow decodes.

TensorFlow lets libjpeg take its quick inverse DCT and smooth the colours that it enlarges. Pillow cannot ask for both;
with its defaults a sharp JPEG comes out up to nine gray levels different, and a score near its threshold with it. So
JPEGs are decoded by simplejpeg, a thin layer over the same libjpeg-turbo.
"""

import contextlib
import io
import zlib

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image, JpegImagePlugin, PngImagePlugin

from aoi_modules.errors import RpcError
from aoi_modules.wire.status import invalid

Plane = NDArray[np.uint8]
MAX_PIXELS = 1 << 27
"""A small file can unfold to any size; more than this is refused before memory is taken."""
_PNG, _JPEG, _BMP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"
_PRINT_COLOURS = ("CMYK", "YCCK")


def decode(encoded: object, channels: int) -> Plane:
    """Decodes one picture: bytes of a PNG, JPEG or BMP file to uint8 (1, h, w, channels).

    Args:
        encoded: content of the file.
        channels: 3, or 1 for gray levels by the formula of `datasets.decoding.gray`.

    Raises:
        RpcError: INVALID_ARGUMENT, the bytes are no such picture, a damaged or a far too large one.
    """
    if not isinstance(encoded, bytes):
        raise invalid(f"image: expected the bytes of a picture. Received: {type(encoded).__name__}")
    try:
        pixels = _pixels(encoded, channels)
    except RpcError:
        raise
    except Exception as error:  # a decoder raises whatever the damage makes it raise
        raise invalid(f"Invalid image data, size {len(encoded)}: {error}") from None
    return pixels.reshape(1, *pixels.shape[:2], channels)


def _pixels(encoded: bytes, channels: int) -> Plane:
    if encoded.startswith(_JPEG):
        return _jpeg(encoded, channels)
    if encoded.startswith(_PNG):
        return _in_channels(_png(encoded), channels)
    if encoded.startswith(_BMP):
        return _in_channels(_bmp(encoded), channels)
    raise invalid("Input is empty." if not encoded else "Unknown image file format. One of JPEG, PNG, BMP required.")


def _png(encoded: bytes) -> Image.Image:
    _check_chunks(encoded)
    image = _sized(PngImagePlugin.PngImageFile(io.BytesIO(encoded)))
    if image.mode.startswith("I"):  # 16 bits a pixel, of which the upper eight count
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image


def _check_chunks(encoded: bytes) -> None:
    """Compares the checksum of every part of a PNG; Pillow leaves out those of the pixels."""
    view, at = memoryview(encoded), len(_PNG)
    while at + 12 <= len(view):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 8 + length
        if zlib.crc32(view[at + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            break
        if bytes(view[at + 4 : at + 8]) == b"IEND":
            return
        at = end + 4
    raise invalid(f"Invalid PNG data, size {len(encoded)}")


def _bmp(encoded: bytes) -> Image.Image:
    image = _sized(BmpImagePlugin.BmpImageFile(io.BytesIO(encoded)))
    if image.mode == "P":  # TensorFlow takes the numbers of colours for gray levels
        return Image.fromarray(np.asarray(image))
    if image.mode not in ("L", "RGB", "RGBA"):
        raise invalid("Number of channels inherent in the image must be 1, 3 or 4")
    return image


def _jpeg(encoded: bytes, channels: int) -> Plane:
    colours = _colours(encoded)
    return colours if channels == 3 else _in_channels(Image.fromarray(colours), channels)


def _colours(encoded: bytes) -> Plane:
    """Of a JPEG: uint8 (h, w, 3)."""
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(encoded)
        _check_size(width, height)
        if space not in _PRINT_COLOURS:
            return _uncompressed(encoded)
    except ValueError:
        return _mended(encoded)
    # libjpeg knows no way from these to others.
    return _in_channels(_sized(JpegImagePlugin.JpegImageFile(io.BytesIO(encoded))), 3)


def _mended(encoded: bytes) -> Plane:
    """What can be read of a damaged JPEG. libjpeg mends much, and simplejpeg does not tell how much; Pillow refuses
    what libjpeg gives up and pictures that were cut off, as TensorFlow does."""
    image = _sized(JpegImagePlugin.JpegImageFile(io.BytesIO(encoded)))
    if image.mode != "CMYK":
        with contextlib.suppress(ValueError):
            return _uncompressed(encoded, strict=False)
    return _in_channels(image, 3)


def _uncompressed(encoded: bytes, *, strict: bool = True) -> Plane:
    pixels: Plane = simplejpeg.decode_jpeg(encoded, "RGB", fastdct=True, fastupsample=False, strict=strict)
    return pixels


def _in_channels(image: Image.Image, channels: int) -> Plane:
    """The pixels of a loaded picture, uint8 (h, w) or (h, w, 3)."""
    if image.mode not in ("RGB", "L"):
        image.info.pop("transparency", None)  # Pillow would warn that it gets lost
        image = image.convert("RGB")
    # Of three equal colours the formula for gray gives back their value, so gray levels stay as they are.
    mode = "RGB" if channels == 3 else "L"
    return np.asarray(image if image.mode == mode else image.convert(mode))


def _sized(image: Image.Image) -> Image.Image:
    """The picture with its pixels, unless there are too many of them."""
    _check_size(image.width, image.height)
    image.load()
    return image


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise invalid(f"image: expected at most {MAX_PIXELS} pixels. Received: {width} x {height}")
