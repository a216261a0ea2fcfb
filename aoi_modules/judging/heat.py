"""A head's map drawn over the picture: where it looks bad, for people. Pure."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aoi_modules.errors import WireError
from aoi_modules.modelstore.manifest import ScoreMap
from aoi_modules.pictures.decoding import decode
from aoi_modules.wire.tensors import Array

LONGEST_SIDE = 1024
"""Of what is drawn, in pixels: larger pictures are made smaller, as a screen would."""
_COLD, _HOT = np.array([255.0, 220.0, 0.0]), np.array([220.0, 0.0, 60.0])
"""Colours at the limit, and at the highest score: RGB."""
_MOST_COVER, _LEAST_COVER = 0.65, 0.12
"""How far a colour hides the picture: at the highest score, and just over nothing."""


def draw(picture: bytes, scores: Array, score_map: ScoreMap, limit: float) -> bytes:
    """Draws a map over its picture. What is under the limit is tinted faintly, by how near it is; what is over it, red.

    Args:
        picture: encoded, PNG, JPEG or BMP.
        scores: float (rows, columns), in [0, 1].
        score_map: which part of the picture the cells are of.
        limit: a score over it fails.

    Returns:
        A PNG of the picture's shape, at most `LONGEST_SIDE` pixels long.

    Raises:
        NotAPicture: the picture cannot be decoded.
        WireError: the map has another shape than the manifest says.
    """
    if scores.shape != (score_map.rows, score_map.columns):
        expected = (score_map.rows, score_map.columns)
        raise WireError(f"expected a map of {expected}. Received: {scores.shape}")
    shown = _small(decode(picture))  # (h, w, 3)
    height, width = shown.shape[:2]
    top, left, tall, wide = score_map.area
    rows = slice(round(top * height), max(round((top + tall) * height), round(top * height) + 1))
    columns = slice(round(left * width), max(round((left + wide) * width), round(left * width) + 1))
    part = shown[rows, columns]
    cells = _spread(np.nan_to_num(np.asarray(scores, np.float32), nan=1.0), part.shape[0], part.shape[1])
    shown[rows, columns] = _tinted(part, np.clip(cells, 0.0, 1.0), limit)
    file = io.BytesIO()
    Image.fromarray(shown).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture in colour, uint8 (h, w, 3), of a size that a screen shows."""
    whole = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    whole.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return np.array(whole.convert("RGB"))


def _spread(scores: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """The score of each pixel, float32 (height, width): that of its cell."""
    rows = np.arange(height) * scores.shape[0] // height
    columns = np.arange(width) * scores.shape[1] // width
    return scores[np.ix_(rows, columns)]


def _tinted(pixels: NDArray[np.uint8], scores: NDArray[np.float32], limit: float) -> NDArray[np.uint8]:
    """Pixels with their scores as colours over them."""
    over = np.clip((scores - limit) / max(1.0 - limit, 1e-6), 0.0, 1.0)[..., np.newaxis]  # (h, w, 1)
    under = np.clip(scores / max(limit, 1e-6), 0.0, 1.0)[..., np.newaxis]
    failing = (scores > limit)[..., np.newaxis]
    colour = _COLD + (_HOT - _COLD) * over
    cover = np.where(failing, _MOST_COVER * (0.5 + 0.5 * over), _LEAST_COVER * under)
    tinted: NDArray[np.uint8] = np.round(pixels * (1 - cover) + colour * cover).astype(np.uint8)
    return tinted
