"""The decoder that an exported graph carries."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.decoding import decode_pixels
from aoi_modules.tf import tf


@tf.function(input_signature=[tf.TensorSpec((), tf.string)])
def decoder(encoded: tf.Tensor) -> tf.Tensor:
    return decode_pixels(encoded)


def in_graph(content: bytes) -> NDArray[np.uint8] | None:
    """uint8 (h, w, 3); None if the graph refuses."""
    try:
        pixels: NDArray[np.uint8] = decoder(tf.constant(content)).numpy()
    except tf.errors.InvalidArgumentError:
        return None
    return pixels
