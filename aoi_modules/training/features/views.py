"""Views of pictures: as they are, mirrored, or copied with random changes. The features of every view are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras, tf

Change = Callable[[Any, Any], Any]
"""From pictures float32 (B, H, W, C) in [0, 255] and a view's number (int64 scalar) to pictures of the same shape."""


@dataclass(frozen=True)
class Views:
    """Several views of every picture; the first is the picture itself.

    Args:
        description: what they are, for people and for the key of cached features: equal text means equal views.
        count: V.
        start: gives the change from its beginning, so that two runs draw the same random numbers.
    """

    description: str
    count: int
    start: Callable[[], Change]


def _turned(block: Any, view: Any) -> Any:
    return tf.switch_case(
        tf.cast(view, tf.int32),
        [
            lambda: tf.identity(block),
            lambda: tf.reverse(block, axis=[2]),
            lambda: tf.reverse(block, axis=[1]),
            lambda: tf.reverse(block, axis=[1, 2]),
        ],
    )


PLAIN = Views("plain", 1, lambda: lambda block, view: block)
MIRRORED = Views("mirrored: as it is, left to right, upside down, both", 4, lambda: _turned)


def copies(count: int, layers: list[keras.layers.Layer], *, seed: int = 0) -> Views:
    """Makes views of the picture and `count` randomly changed copies.

    Args:
        count: copies beside the picture itself.
        layers: Keras' own augmentation layers; they are copied, with a seed of their own each.
        seed: of the random changes.

    Raises:
        ModelError: no copies asked for, or no layer to change them.
    """
    if count < 1 or not layers:
        raise ModelError(f"copies: expected one or more, and layers. Received: {count} copies, {len(layers)} layers")
    plans = [_plan(layer, seed + place) for place, layer in enumerate(layers)]
    told = "; ".join(f"{type(layer).__name__} {plan}" for layer, plan in zip(layers, plans, strict=True))

    def start() -> Change:
        changing = [type(layer).from_config(dict(plan)) for layer, plan in zip(layers, plans, strict=True)]

        def change(block: Any, view: Any) -> Any:
            return tf.cond(view == 0, lambda: tf.identity(block), lambda: _through(changing, block))

        return change

    return Views(f"{count} copies: {told}", count + 1, start)


def _plan(layer: keras.layers.Layer, seed: int) -> dict[str, Any]:
    """A layer's settings, without what differs from one process to the next."""
    return {key: value for key, value in layer.get_config().items() if key not in ("name", "dtype")} | {"seed": seed}


def _through(layers: list[keras.layers.Layer], block: Any) -> Any:
    shape = block.shape
    for layer in layers:
        block = layer(block, training=True)
    return tf.ensure_shape(tf.cast(block, tf.float32), shape)
