"""The network that every peer serves: the plain Keras export behind TensorFlow's decoder, JPEGs in, one score each out.

Peers run in environments of their own, so nothing of this project is imported. They are set up as their documentation
advises for speed: batches where they have them, and TensorFlow's own function instead of `predict`.
"""

import argparse
import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
SIDE, BATCH, WAIT_SECONDS = 96, 16, 0.005


class Network:
    """Ready to run after one picture.

    Args:
        folder: of the Keras export.
    """

    def __init__(self, folder: str) -> None:
        import tensorflow as tf

        self._tf = tf
        self._loaded = tf.saved_model.load(folder)
        self._scores = self._loaded.signatures["serving_default"]
        (self._input,) = self._scores.structured_input_signature[1]
        self([tf.io.encode_jpeg(tf.fill((SIDE, SIDE, 3), tf.constant(127, tf.uint8))).numpy()])

    def decode(self, picture: bytes) -> Any:
        pixels = self._tf.io.decode_jpeg(picture, channels=3)
        return self._tf.image.resize(pixels, (SIDE, SIDE))

    def __call__(self, pictures: list[bytes]) -> list[float]:
        batch = self._tf.stack([self.decode(picture) for picture in pictures])
        (scores,) = self._scores(**{self._input: batch}).values()
        answers: list[float] = scores.numpy()[:, 0].tolist()
        return answers


def arguments() -> argparse.Namespace:
    """What each peer is told: --model, --keras, --port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, help="folder of the Keras export")
    parser.add_argument("--keras", required=True, help="the same model as a .keras file")
    parser.add_argument("--port", type=int, required=True)
    return parser.parse_args()
