"""A small network for small pictures, trained from scratch."""

from aoi_modules.modelstore.layout import IMAGE
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras

CHANNELS = (32, 64)
"""Of the first convolution, and of all others."""
FINAL_SIDE = 8
"""The picture is halved until its longer side has at most so many places."""
MOMENTUM = 0.9
"""Of batch norm's running statistics: with Keras' 0.99 they lag behind a training of a few epochs."""


def small_cnn(picture_input: PictureInput, *, dropout: float = 0.3) -> keras.Model:
    """Builds a small convolutional network to be trained from scratch: halvings, one more convolution, one dense layer.

    Halving by strides takes a third of the time of pooling on a CPU. The last map is flattened, not averaged, because
    in a crop it matters whether a defect is in the middle.

    Input shape: float32 (N, H, W, C), in [0, 255]. Output shape: float32 (N, 128).
    """
    image = keras.Input((picture_input.height, picture_input.width, picture_input.channels), name=IMAGE)
    x = keras.layers.Rescaling(1 / 255)(image)
    x = _convolution(x, CHANNELS[0], 5, strides=2)  # (N, H/2, W/2, 32)
    while max(x.shape[1:3]) > FINAL_SIDE:
        x = _convolution(x, CHANNELS[1], 3, strides=2)
    x = _convolution(x, CHANNELS[1], 3)  # (N, h, w, 64), at most 8 x 8 places
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(128, activation="relu")(x)  # (N, 128)
    return keras.Model(image, x, name="small_cnn")


def _convolution(x: keras.KerasTensor, channels: int, side: int, *, strides: int = 1) -> keras.KerasTensor:
    """Convolution, batch norm, ReLU; the convolution needs no bias, because batch norm has one."""
    x = keras.layers.Conv2D(channels, side, strides=strides, padding="same", use_bias=False)(x)
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=MOMENTUM)(x))
