"""Layers that models of Keras 2 bring along from `keras.applications`, and that are no public layers of Keras 3."""

from typing import Any

from aoi_modules.tf import keras, tf


class LayerScale(keras.layers.Layer):  # type: ignore[misc]
    """A factor for each channel, as every ConvNeXt has it: (..., C) -> (..., C).

    Args:
        init_values: with which it began to learn.
        projection_dim: C.
        named: as of any layer.
    """

    def __init__(self, init_values: float, projection_dim: int, **named: Any) -> None:
        super().__init__(**named)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the factors; `shape` is the input's."""
        start = keras.initializers.Constant(self.init_values)
        self.gamma = self.add_weight(name="gamma", shape=(self.projection_dim,), initializer=start)

    def call(self, values: tf.Tensor) -> tf.Tensor:
        """Multiplies each channel."""
        return values * self.gamma


class StochasticDepth(keras.layers.Layer):  # type: ignore[misc]
    """Left whole branches out while a ConvNeXt was trained, and does nothing since.

    Args:
        drop_path_rate: how many it left out.
        named: as of any layer.
    """

    def __init__(self, drop_path_rate: float, **named: Any) -> None:
        super().__init__(**named)
        self.drop_path_rate = drop_path_rate

    def call(self, values: tf.Tensor) -> tf.Tensor:
        """Gives the values as they are."""
        return values


LAYER_OBJECTS = {"LayerScale": LayerScale, "StochasticDepth": StochasticDepth}
