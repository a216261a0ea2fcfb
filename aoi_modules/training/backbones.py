"""Backbones: from a picture to features. Scaling lives inside, so every input is float32 in [0, 255]."""

import contextlib
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from aoi_modules.datasets.download import reachable
from aoi_modules.datasets.progress import say
from aoi_modules.datasets.weights import find_weights
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.settings import Settings, settings
from aoi_modules.tf import keras

INPUT = "image"
MOBILENET_FILE = "mobilenet_v1_0.25_224_imagenet_notop.weights.h5"
KERAS_WEIGHTS = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_2_5_128_tf_no_top.h5"
DOWNLOAD_TIMEOUT = 30.0
"""Seconds that Keras' own download may wait for the next bytes."""
RANDOM = "random"


def small_cnn(picture: PictureInput, *, dropout: float = 0.3) -> keras.Model:
    """A small convolutional network to be trained from nothing.

    Input shape: float32 (N, H, W, C), in [0, 255]. Output shape: float32 (N, 128).
    """
    image = keras.Input((picture.height, picture.width, picture.channels), name=INPUT)
    x = keras.layers.Rescaling(1 / 255)(image)
    # Strides instead of pooling: a third of the time on a CPU, at the same accuracy.
    x = keras.layers.Conv2D(32, 5, strides=2, padding="same", activation="relu")(x)  # (N, H/2, W/2, 32)
    x = keras.layers.Conv2D(48, 3, strides=2, padding="same", activation="relu")(x)  # (N, H/4, W/4, 48)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(128, activation="relu")(x)  # (N, 128)
    return keras.Model(image, x, name="small_cnn")


def mobilenet(picture: PictureInput, weights: Path | str | None) -> keras.Model:
    """A frozen MobileNet (alpha 0.25) with mean and maximum of its last feature map.

    The maximum keeps what is small: a hole of a few pixels vanishes in a mean.

    Args:
        picture: the input; 3 channels.
        weights: a Keras weights file, `"imagenet"` for Keras' own download, None for random ones.

    Input shape: float32 (N, H, W, 3), in [0, 255]. Output shape: float32 (N, 512).

    Raises:
        ModelError: the weights do not fit the network.
    """
    shape = (picture.height, picture.width, picture.channels)
    try:
        with warnings.catch_warnings():
            # Keras only warns about some of the weights that a foreign file lacks, and leaves those random.
            warnings.filterwarnings("error", message="Skipping nested container")
            trunk = keras.applications.MobileNet(
                input_shape=shape, alpha=0.25, include_top=False, weights=str(weights) if weights else None
            )
    except (ValueError, OSError, UserWarning) as error:
        raise ModelError(f"weights {weights}: not those of MobileNet(alpha=0.25) without top: {error}") from None
    image = keras.Input(shape, name=INPUT)
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = trunk(x, training=False)  # (N, H/32, W/32, 256); batch norm keeps ImageNet's statistics
    mean, largest = keras.layers.GlobalAveragePooling2D()(x), keras.layers.GlobalMaxPooling2D()(x)
    backbone = keras.Model(image, keras.layers.Concatenate()([mean, largest]), name="mobilenet_0.25")
    backbone.trainable = False
    return backbone


def pretrained_mobilenet(
    picture: PictureInput, *, given: Settings | None = None, log: Callable[[str], None] = say
) -> tuple[keras.Model, str]:
    """A MobileNet with the best weights at hand, and their description: `imagenet (...)` or `random`.

    Looks into the mirror and the cache, then tries Keras' own download, then takes random weights and says so.

    Raises:
        ChecksumError: the weights file is damaged.
    """
    given = given or settings()
    path = find_weights(MOBILENET_FILE, given=given)
    if path is not None:
        return mobilenet(picture, path), f"imagenet (file {path.name})"
    if not given.offline and reachable(KERAS_WEIGHTS):
        try:
            with _bounded_download():
                return mobilenet(picture, "imagenet"), "imagenet (downloaded by Keras)"
        except Exception as error:  # Keras raises a bare Exception when a download fails
            log(f"backbone: ImageNet weights could not be downloaded: {error}")
    log("backbone: no ImageNet weights found, using random ones; expect a far weaker model")
    return mobilenet(picture, None), RANDOM


@contextlib.contextmanager
def _bounded_download() -> Iterator[None]:
    """Keras downloads without a timeout and prints to standard output; this mends both."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        socket.setdefaulttimeout(before)
