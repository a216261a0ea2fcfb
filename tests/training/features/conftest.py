"""A small backbone that every test of engines runs."""

import keras
import pytest

from tests.training.small import PICTURE


@pytest.fixture(scope="session")
def backbone() -> keras.Model:
    """A small network of the layers that backbones have, with random weights."""
    keras.utils.set_random_seed(0)
    image = keras.Input((PICTURE.height, PICTURE.width, PICTURE.channels), name="image")
    x = keras.layers.Rescaling(1.0, offset=[-103.0, -116.0, -123.0])(keras.ops.flip(image, axis=-1))
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(8, 3, strides=2)(x), training=False)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(keras.layers.ReLU(6.0)(x))
    x = keras.layers.SeparableConv2D(16, 3, strides=2)(keras.layers.Activation("hard_swish")(x))
    mean, largest = keras.layers.GlobalAveragePooling2D()(x), keras.layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, keras.layers.Concatenate()([mean, largest]))
