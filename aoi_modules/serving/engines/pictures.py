"""Pictures as TensorFlow's decoder sees them, without TensorFlow: PNG and BMP bit for bit, JPEG within two grey levels.

TensorFlow lets libjpeg take its quick inverse DCT and smooth the colours it has to enlarge. Pillow offers the first
only without the second, so the colours are enlarged here, by libjpeg's formula. With Pillow's defaults a sharp JPEG
would come out up to nine grey levels different, and a score near its threshold with it.
"""

import io
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image, JpegImagePlugin, PngImagePlugin

from aoi_modules.errors import RpcError
from aoi_modules.wire.status import invalid

Plane = NDArray[np.uint8]
MAX_PIXELS = 1 << 27
"""A small file can unfold to any size; more than this is refused before memory is taken."""
_PNG, _JPEG, _BMP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"
_COLOURS_HALVED = {(2, 1), (2, 2)}
"""Sampling of the brightness, horizontal and vertical, at which libjpeg smooths colours."""
_QUICK = (1, 1)
"""Pillow's scale, and its switch for libjpeg's quick inverse DCT."""


def decode(encoded: object, channels: int) -> Plane:
    """Decodes one picture: bytes of a PNG, JPEG or BMP file to uint8 (1, h, w, channels).

    Args:
        encoded: content of the file.
        channels: 3, or 1 for grey levels by the formula of `datasets.pipeline.gray`.

    Raises:
        RpcError: INVALID_ARGUMENT, the bytes are no such picture, a damaged or a far too large one.
    """
    if not isinstance(encoded, bytes):
        raise invalid(f"image: expected the bytes of a picture. Received: {type(encoded).__name__}")
    try:
        image = _image(encoded)
        if image.mode not in ("RGB", "L"):
            image.info.pop("transparency", None)  # Pillow would warn that it gets lost
            image = image.convert("RGB")
        # Of three equal colours the formula for grey gives back their value, so grey levels stay as they are.
        mode = "RGB" if channels == 3 else "L"
        pixels = np.asarray(image if image.mode == mode else image.convert(mode))
    except RpcError:
        raise
    except Exception as error:  # a decoder raises whatever the damage makes it raise
        raise invalid(f"Invalid image data, size {len(encoded)}: {error}") from None
    return pixels.reshape(1, *pixels.shape[:2], channels)


def _image(encoded: bytes) -> Image.Image:
    if encoded.startswith(_PNG):
        return _png(encoded)
    if encoded.startswith(_JPEG):
        return _jpeg(encoded)
    if encoded.startswith(_BMP):
        return _bmp(encoded)
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
    if image.mode == "P":  # TensorFlow takes the numbers of colours for grey levels
        return Image.fromarray(np.asarray(image))
    if image.mode not in ("L", "RGB", "RGBA"):
        raise invalid("Number of channels inherent in the image must be 1, 3 or 4")
    return image


def _jpeg(encoded: bytes) -> Image.Image:
    if encoded.rfind(b"\xff\xd9") < 0:
        raise invalid(f"jpeg::Uncompress failed. Invalid JPEG data or crop window, data size {len(encoded)}")
    # Typed loosely: the attributes that choose libjpeg's way are none of Pillow's documented ones.
    image: Any = JpegImagePlugin.JpegImageFile(io.BytesIO(encoded))
    if image.mode == "CMYK":
        return _sized(image)
    smooth = _smooths(image)
    if smooth:
        image.draft("YCbCr", None)
    image.decoderconfig = _QUICK
    _sized(image)
    return _smoothed(image, vertical=image.layer[0][2] == 2) if smooth else image


def _smooths(image: Any) -> bool:
    """Whether libjpeg smooths colours: they are halved, and not too narrow for its formula."""
    if image.mode != "RGB" or image.info.get("adobe_transform") == 0 or image.width <= 4:
        return False
    sampling = [layer[1:3] for layer in image.layer]
    return sampling[0] in _COLOURS_HALVED and sampling[1:] == [(1, 1), (1, 1)]


def _smoothed(image: Image.Image, *, vertical: bool) -> Image.Image:
    """Enlarges the colours of brightness, blue and red: between two samples, three parts of the near one."""
    brightness, *colours = image.split()
    step = 2 if vertical else 1
    samples = np.empty((2, -(-image.height // step), -(-image.width // 2)), np.int16)
    for place, plane in zip(samples, colours, strict=True):
        place[:] = np.asarray(plane)[::step, ::2]
    enlarged = _wider(_higher(samples), (8, 7), 4) if vertical else _wider(samples, (1, 2), 2)
    planes = [Image.fromarray(plane[: image.height, : image.width]) for plane in enlarged]
    return Image.merge("YCbCr", [brightness, *planes])


def _higher(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """(2, h, w) to (2, 2 h, w): three times the near row plus the far one; at the edge four times the row."""
    count, height, width = samples.shape
    rows = np.empty((count, height, 2, width), np.int16)
    upper, lower = rows[:, :, 0], rows[:, :, 1]
    upper[:] = lower[:] = 3 * samples
    upper[:, 1:] += samples[:, :-1]
    upper[:, 0] += samples[:, 0]
    lower[:, :-1] += samples[:, 1:]
    lower[:, -1] += samples[:, -1]
    return rows.reshape(count, 2 * height, width)


def _wider(samples: NDArray[np.int16], rounding: tuple[int, int], shift: int) -> NDArray[np.uint8]:
    """(2, h, w) to (2, h, 2 w) likewise, then divided; libjpeg rounds left and right of a sample differently."""
    left = 3 * samples
    right = left + rounding[1]
    left += rounding[0]
    left[..., 1:] += samples[..., :-1]
    left[..., 0] += samples[..., 0]
    right[..., :-1] += samples[..., 1:]
    right[..., -1] += samples[..., -1]
    columns = np.empty((*samples.shape, 2), np.uint8)
    columns[..., 0] = left >> shift
    columns[..., 1] = right >> shift
    return columns.reshape(*samples.shape[:2], -1)


def _sized(image: Image.Image) -> Image.Image:
    """The picture with its pixels, unless there are too many of them."""
    if image.width * image.height > MAX_PIXELS:
        raise invalid(f"image: expected at most {MAX_PIXELS} pixels. Received: {image.width} x {image.height}")
    image.load()
    return image
