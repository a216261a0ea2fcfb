"""The decoder that an exported graph carries."""

from typing import Any

from aoi_modules.datasets.decoding import decode_pixels
from aoi_modules.tf import tf


@tf.function(input_signature=[tf.TensorSpec((), tf.string)])
def decoder(encoded: tf.Tensor) -> tf.Tensor:
    return decode_pixels(encoded)


def in_graph(content: bytes) -> Any:
    """uint8 (h, w, 3); None if the graph refuses."""
    try:
        return decoder(tf.constant(content)).numpy()
    except tf.errors.InvalidArgumentError:
        return None
