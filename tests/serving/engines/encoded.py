"""Encoded pictures of many kinds, for comparing decoders."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def drawn(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Soft colours with a little noise: uint8 (height, width, 3)."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(columns / 7), np.cos(rows / 5), np.sin((rows + columns) / 9)], axis=-1)
    return np.clip(128 + 90 * waves + random.normal(0, 12, waves.shape), 0, 255).astype(np.uint8)


def encode(image: Image.Image | NDArray[Any], kind: str = "PNG", **options: Any) -> bytes:
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def strings(*values: bytes) -> NDArray[Any]:
    """An object array of bytes, as a request's strings arrive."""
    return np.array([*values, None], dtype=object)[:-1]
