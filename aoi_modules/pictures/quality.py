"""How bright and how sharp a picture is: what changes when a lamp dims, a lens moves or dust settles. Pure.

Sharpness is the variance of the Laplacian, a focus measure of J. L. Pech-Pacheco et al., "Diatom autofocusing in
brightfield microscopy: a comparative study", ICPR 2000; S. Pertuz et al., "Analysis of focus measure operators for
shape-from-focus", Pattern Recognition 46, 2013, compare it with others. It spans orders of magnitude, so it is told in
decibels: in these it varies evenly over the pictures of a line, and a mean and a deviation say something. Half the
light costs 6 dB of it, beside half the brightness; a lens out of focus costs sharpness alone.

Manifests hold figures of these very formulas. Others need another field there.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.pictures import decoding, jpeg

Plane = NDArray[np.uint8]
Levels = NDArray[np.float32]
PIXELS = 1 << 18
"""A larger picture is shrunk to so many, so that its size does not count: most pictures of single parts have fewer."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue (ITU-R BT.601), as everywhere in the line."""
_WHITE = 255


@dataclass(frozen=True)
class Quality:
    """What is measured of one picture.

    Args:
        brightness: its mean luma, from 0 (black) to 1 (white).
        sharpness: 10 log10(1 + the variance of its Laplacian) in dB, of luma in 256 levels; 0 shows nothing.
    """

    brightness: float
    sharpness: float


def measure(pixels: Plane) -> Quality:
    """Measures a picture: uint8 (h, w, C), C 1 or 3."""
    height, width, _ = pixels.shape
    factor = math.sqrt(min(1.0, PIXELS / (height * width)))
    small = _shrunk(_shrunk(pixels, round(height * factor)).swapaxes(0, 1), round(width * factor)).swapaxes(0, 1)
    luma = small[..., 0] if small.shape[-1] == 1 else np.einsum("hwc,c->hw", small, _LUMA)
    return Quality(float(luma.mean()) / _WHITE, 10 * math.log10(1 + _laplacian_variance(luma)))


def measure_file(content: bytes) -> Quality:
    """Measures a PNG, JPEG or BMP file; of a large JPEG only as many pixels are decoded as are needed.

    Raises:
        NotAPicture: it is none that is read, or a damaged one.
        TooManyPixels: it has more than are read.
    """
    header = decoding.read_header(content)
    if header.format == "JPEG" and (luma := jpeg.decode_luma(content, header, 4 * PIXELS)) is not None:
        return measure(luma)
    return measure(decoding.decode_accepted(content, header))


def _shrunk(values: NDArray[np.uint8] | Levels, count: int) -> Levels:
    """Shrinks the first axis to `count` means over equal areas: float32 (count, ...)."""
    length = len(values)
    count = max(1, count)
    if count == length:
        return values.astype(np.float32)
    edges = np.arange(count + 1) * (length / count)
    rows = np.minimum(edges.astype(np.int64), length - 1)
    shares = (edges - rows).astype(np.float32).reshape(-1, *[1] * (values.ndim - 1))
    whole = np.add.reduceat(values, rows[:-1], axis=0, dtype=np.float32)
    parts = shares * values[rows]  # of the row that an edge cuts, what lies before it
    whole[:-1] += parts[1:-1]
    whole -= parts[:-1]
    return whole * np.float32(count / length)


def _laplacian_variance(luma: Levels) -> float:
    """Of the inner pixels; 0 where there are none."""
    if min(luma.shape) < 3:
        return 0.0
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner
    return float(laplacian.var(dtype=np.float64))
