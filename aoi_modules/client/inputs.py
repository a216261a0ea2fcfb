"""What a call sends: named inputs of a signature, checked before they leave."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import WireError
from aoi_modules.modelstore.layout import FEATURES, IMAGE
from aoi_modules.wire.tensors import Array

Inputs = Mapping[str, Array | list[bytes]]
"""Named inputs of a signature: numbers as arrays, pictures as a list of encoded bytes."""


def picture_inputs(pictures: Sequence[bytes], features: NDArray[Any] | None = None) -> Inputs:
    """Makes the inputs of the signature that takes encoded pictures.

    Args:
        pictures: N encoded pictures.
        features: numbers (N, F), sent as float32; None for a model that takes pictures alone.

    Raises:
        ValueError: a picture is not bytes, or the features do not go with the pictures.
    """
    for picture in pictures:
        if not isinstance(picture, bytes):
            raise ValueError(f"pictures: expected a list of encoded pictures, bytes each. Received: {type(picture)}")
    return _with_features({IMAGE: list(pictures)}, features, len(pictures))


def pixel_inputs(pixels: NDArray[np.uint8], features: NDArray[Any] | None = None) -> Inputs:
    """Makes the inputs of the signature that takes raw frames.

    Args:
        pixels: uint8 (N, H, W, C) in [0, 255].
        features: numbers (N, F), sent as float32; None for a model that takes pictures alone.

    Raises:
        ValueError: the pixels have another dtype or shape, or the features do not go with them.
    """
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 4:
        found = f"{pixels.dtype} {pixels.shape}" if isinstance(pixels, np.ndarray) else type(pixels)
        raise ValueError(f"pixels: expected uint8 (N, H, W, C). Received: {found}")
    return _with_features({IMAGE: pixels}, features, len(pixels))


def carried(inputs: Inputs) -> Inputs:
    """Brings arrays of any dtype and shape into this machine's order of bytes, in which messages carry them.

    Raises:
        WireError: an input is neither an array nor a list; names it.
    """
    for name, value in inputs.items():
        if not isinstance(value, np.ndarray | list):
            raise WireError(f"input {name}: expected an array, or a list of bytes. Received: {type(value)}")
    return {
        name: value if isinstance(value, list) else value.astype(value.dtype.newbyteorder("="), copy=False)
        for name, value in inputs.items()
    }


def _with_features(inputs: dict[str, Array | list[bytes]], features: NDArray[Any] | None, count: int) -> Inputs:
    if features is None:
        return inputs
    numbers = np.asarray(features, np.float32)
    if numbers.ndim != 2 or len(numbers) != count:
        raise ValueError(f"features: expected ({count}, F), one row a picture. Received: {numbers.shape}")
    return {**inputs, FEATURES: numbers}
