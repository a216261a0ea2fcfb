"""Pictures of other formats become PNG of 8 bits. How many bits a camera uses is never guessed."""

import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.datasets.table import encode_png
from aoi_modules.errors import Argument, NotAPicture
from aoi_modules.pictures.decoding import decode, read_header
from aoi_modules.pictures.formats import DAMAGED, ENDINGS, OTHER_ENDINGS, PNG_START, SIXTEEN_BITS
from aoi_modules.pictures.header import check_size, refuse

BIT_DEPTHS = (10, 12, 14, 16)
"""Bits that cameras use of the 16 in a file."""
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N")
_GRAY = ("1", "L", "LA", "La")


@dataclass(frozen=True)
class Conversion:
    """What became of a file.

    Args:
        source: the file.
        target: what was written; None if nothing was.
        sentence: what was done, or why nothing.
    """

    source: Path
    target: Path | None
    sentence: str


def convert_files(sources: Iterable[Path], out: Path, bit_depth: int | None = None) -> Iterator[Conversion]:
    """Converts files, and all pictures below folders, one after the other. Nothing is ever overwritten.

    Args:
        sources: files and folders; what is below a folder keeps its place below `out`.
        out: folder of the results; made if there is none.
        bit_depth: of pictures with 16 bits a channel, one of `BIT_DEPTHS`; None refuses them.
    """
    for source in sources:
        below = sorted(filter(_is_picture, source.rglob("*"))) if source.is_dir() else [source]
        for file in below:
            target = out / (file.relative_to(source) if source.is_dir() else Path(file.name))
            yield _convert_file(file, target, bit_depth)


def convert(content: bytes, bit_depth: int | None = None) -> tuple[bytes, str]:
    """Converts one picture.

    Args:
        content: of a file of any format that Pillow opens.
        bit_depth: see `convert_files`; the lowest bits are dropped, so that `bit_depth` bits become 8.

    Returns:
        A file that everybody in the line reads, and what was done. What they read already stays as it is.

    Raises:
        NotAPicture: it cannot be opened, has too many pixels, or has more bits than were named.
    """
    try:
        decode(content)
    except NotAPicture:
        pixels, done = _pixels(content, bit_depth)
        return encode_png(pixels), done
    return content, "is read already; copied"


def _convert_file(file: Path, target: Path, bit_depth: int | None) -> Conversion:
    try:
        found, done = convert(file.read_bytes(), bit_depth)
        target = target if done.endswith("copied") else target.with_suffix(".png")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as written:
            written.write(found)
    except FileExistsError:
        return Conversion(file, None, f"{target} is there already; nothing is overwritten")
    except OSError as error:
        return Conversion(file, None, f"cannot be read or written: {error.strerror}")
    except NotAPicture as error:
        return Conversion(file, None, error.message)
    return Conversion(file, target, done)


def _pixels(content: bytes, bit_depth: int | None) -> tuple[NDArray[np.uint8], str]:
    """uint8 (h, w, 1) or (h, w, 3), and what was done."""
    if content.startswith(PNG_START) and content[24:25] == b"\x10":
        return _eight(_deep_png(content), bit_depth)
    with warnings.catch_warnings(action="ignore"):
        try:
            image = Image.open(io.BytesIO(content))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # of bytes, not of the system
            refuse(DAMAGED)
    check_size(image.height, image.width)
    try:
        image.load()
    except (OSError, SyntaxError, ValueError):  # likewise
        refuse(DAMAGED)
    if image.mode in _DEEP:
        return _eight(np.asarray(image).astype(np.uint16)[..., np.newaxis], bit_depth)
    if image.mode in ("I", "F"):
        raise NotAPicture(f"expected at most 16 bits a channel. Received: a {image.format} of mode {image.mode}")
    frames = getattr(image, "n_frames", 1)
    done = f"{image.format} of mode {image.mode}" + (f", the first of {frames} pictures" if frames > 1 else "")
    pixels = np.asarray(image.convert("L" if image.mode in _GRAY else "RGB"))
    return pixels.reshape(*pixels.shape[:2], -1), f"{done} to PNG"


def _deep_png(content: bytes) -> NDArray[np.uint16]:
    """Of 16 bits: (h, w, 1) or (h, w, 3), without transparency. Pillow would drop the lower half of colours."""
    try:
        read_header(content)
    except NotAPicture as error:
        if error.message != SIXTEEN_BITS.sentence:
            raise
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    check_size(height, width)
    from aoi_modules.tf import tf

    try:
        pixels: NDArray[np.uint16] = tf.io.decode_png(content, dtype=tf.uint16).numpy()
    except tf.errors.InvalidArgumentError:
        refuse(DAMAGED)
    return pixels[..., : 1 if pixels.shape[-1] < 3 else 3]


def _eight(pixels: NDArray[np.uint16], bit_depth: int | None) -> tuple[NDArray[np.uint8], str]:
    """The upper 8 of `bit_depth` bits."""
    wanted, greatest = Argument("bit_depth", ...), int(pixels.max())
    if bit_depth is None:
        raise NotAPicture(
            f"16 bits a channel, values up to {greatest}: say how many bits the camera uses: {wanted}",
            arguments=[wanted],
        )
    if greatest >= 1 << bit_depth:
        raise NotAPicture(f"expected values of {bit_depth} bits. Received: {greatest}, which needs more")
    return (pixels >> (bit_depth - 8)).astype(np.uint8), f"{bit_depth} of 16 bits to PNG of 8"


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS) and path.is_file()
