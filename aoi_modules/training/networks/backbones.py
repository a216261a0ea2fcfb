"""Backbones: from a picture to features. Scaling lives inside, so every input is float32 in [0, 255]."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from aoi_modules.datasets.sources.download import reachable
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.progress import say
from aoi_modules.settings import Settings
from aoi_modules.tf import keras
from aoi_modules.training.networks.catalogue import BACKBONES, TAPS, Backbone, Pooling, Scaling, by_name
from aoi_modules.training.networks.small_cnn import small_cnn
from aoi_modules.training.networks.trunk import trunk_of, unfreeze
from aoi_modules.training.networks.weight_origin import DOWNLOAD, RANDOM, bounded_download, origin

__all__ = [
    "BACKBONES",
    "INPUT",
    "RANDOM",
    "TAPS",
    "Backbone",
    "Pooling",
    "build",
    "by_name",
    "pretrained",
    "small_cnn",
    "trunk_of",
    "unfreeze",
]

INPUT = "image"
SMALLEST_VARIANCE = 1e-6
"""Keeps the slope of a square root finite where a map is the same everywhere."""
IMAGENET_BGR = (103.939, 116.779, 123.68)
"""ImageNet's mean colour: blue, green, red."""


def pretrained(
    name: str,
    picture: PictureInput,
    *,
    pooling: Pooling = "mean+max",
    given: Settings | None = None,
    log: Callable[[str], None] = say,
) -> tuple[keras.Model, str]:
    """A frozen backbone with the best weights at hand, and their description: `imagenet (...)` or `random`.

    Looks into the mirror and the caches, then tries Keras' own download, then takes random weights and says so.

    Args:
        name: of `BACKBONES`.
        picture: the backbone's input.
        pooling: see `Pooling`.
        given: settings; None takes this process's.
        log: told what happens.

    Raises:
        ModelError: no such backbone, the picture does not fit it, or the weights do not.
        ChecksumError: the weights file is damaged.
    """
    backbone = by_name(name)
    if not backbone.pretrained:
        return build(backbone, picture, pooling=pooling), RANDOM
    found = origin(backbone, given=given)
    if found.path is not None:
        return build(backbone, picture, found.path, pooling=pooling), f"imagenet (file {found.path.name})"
    if found.place == DOWNLOAD and reachable(backbone.keras_url):
        try:
            with bounded_download():
                return build(backbone, picture, "imagenet", pooling=pooling), "imagenet (downloaded by Keras)"
        except ModelError:
            raise
        except Exception as error:  # Keras raises a bare Exception when a download fails
            log(f"backbone {name}: ImageNet weights could not be downloaded: {error}")
    log(f"backbone {name}: no ImageNet weights found, using random ones; expect a far weaker model")
    return build(backbone, picture, pooling=pooling), RANDOM


def build(
    backbone: Backbone,
    picture: PictureInput,
    weights: Path | Literal["imagenet"] | None = None,
    *,
    pooling: Pooling = "mean+max",
) -> keras.Model:
    """The backbone for pictures of one size, frozen; a network that has no weights anywhere is ready to be trained.

    Its batch normalisation uses ImageNet's statistics whatever is unfrozen later.

    Args:
        backbone: which.
        picture: the input; a gray picture is repeated to three channels.
        weights: a file, `"imagenet"` for Keras' own download, None for random ones.
        pooling: see `Pooling`.

    Input shape: `image` float32 (N, H, W, C), in [0, 255]. Output shape: see `Pooling`.

    Raises:
        ModelError: the picture is too small or has other than 1 or 3 channels, or the weights are of something else.
    """
    _fits(backbone, picture)
    if not backbone.application:
        return small_cnn(picture)
    trunk = _trunk(backbone, picture, weights)
    image = keras.Input((picture.height, picture.width, picture.channels), name=INPUT)
    rgb = image if picture.channels == 3 else keras.layers.Concatenate(name="gray_to_rgb")([image] * 3)
    if pooling == "taps":
        trunk = tapped(trunk, backbone)
    x = trunk(scaled(rgb, backbone.scaling), training=False)  # (N, H/32, W/32, F), or four maps
    features = keras.layers.Concatenate()([statistics(tap) for tap in x]) if pooling == "taps" else pooled(x, pooling)
    model = keras.Model(image, features, name=backbone.name.replace("-", "_"))
    model.trainable = False
    return model


def scaled(rgb: keras.KerasTensor, scaling: Scaling) -> keras.KerasTensor:
    """The pixels as a network expects them: (N, H, W, 3), RGB in [0, 255], to the same shape."""
    if scaling == "tf":
        return keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scaling")(rgb)
    if scaling == "caffe":
        bgr = keras.ops.flip(rgb, axis=-1)
        return keras.layers.Rescaling(1.0, offset=[-mean for mean in IMAGENET_BGR], name="scaling")(bgr)
    return rgb


def pooled(x: keras.KerasTensor, pooling: Pooling) -> keras.KerasTensor:
    """The features of a map (N, h, w, F); see `Pooling`.

    Raises:
        ModelError: no such pooling, or the map is too small for quarters.
    """
    mean = keras.layers.GlobalAveragePooling2D
    if pooling == "none":
        return x
    if pooling == "mean":
        return mean()(x)
    if pooling == "mean+max":
        return keras.layers.Concatenate()([mean()(x), keras.layers.GlobalMaxPooling2D()(x)])
    if pooling == "quadrants":
        return keras.layers.Concatenate()([mean()(quarter) for quarter in _quarters(x)])
    raise ModelError(f"pooling: expected mean, mean+max, quadrants, taps or none. Received: {pooling!r}")


def tapped(trunk: keras.Model, backbone: Backbone) -> keras.Model:
    """The trunk with the maps of `TAPS` as its outputs; what lies above the last one is gone.

    Raises:
        ModelError: no taps are known for this network.
    """
    if backbone.application not in TAPS:
        raise ModelError(
            f"pooling taps: expected a network of {', '.join(TAPS)}. Received: {backbone.name}",
            hint="take mean+max",
        )
    outputs = [trunk.get_layer(name).output for name in TAPS[backbone.application]]
    return keras.Model(trunk.inputs, outputs, name=trunk.name)


def statistics(x: keras.KerasTensor) -> keras.KerasTensor:
    """Mean, maximum and standard deviation of a map over its places: (N, h, w, F) -> (N, 3 F)."""
    mean = keras.layers.GlobalAveragePooling2D()(x)
    square = keras.layers.GlobalAveragePooling2D()(keras.ops.square(x))
    spread = keras.ops.sqrt(keras.ops.relu(square - keras.ops.square(mean)) + SMALLEST_VARIANCE)
    return keras.layers.Concatenate()([mean, keras.layers.GlobalMaxPooling2D()(x), spread])


def _quarters(x: keras.KerasTensor) -> list[keras.KerasTensor]:
    """Upper left, upper right, lower left, lower right; of an odd map the middle row or column is in two of them."""
    height, width = x.shape[1:3]
    if height < 2 or width < 2:
        raise ModelError(
            f"pooling quadrants: expected a feature map of at least 2 x 2. Received: {height} x {width}",
            hint="let the model look at larger pictures",
        )
    tall, wide = height // 2, width // 2  # rows and columns of the other half
    return [
        keras.layers.Cropping2D(((top, tall - top), (left, wide - left)))(x) for top in (0, tall) for left in (0, wide)
    ]


def _fits(backbone: Backbone, picture: PictureInput) -> None:
    if picture.channels not in (1, 3):
        raise ModelError(f"picture: expected 1 or 3 channels. Received: {picture.channels}")
    if min(picture.height, picture.width) < backbone.smallest:
        raise ModelError(
            f"backbone {backbone.name}: expected pictures of at least {backbone.smallest} x {backbone.smallest}. "
            f"Received: {picture.height} x {picture.width}",
            hint=f"let the model look at larger pictures (its natural size is {backbone.size}), or take mobilenet-v2",
        )


def _trunk(backbone: Backbone, picture: PictureInput, weights: Path | Literal["imagenet"] | None) -> keras.Model:
    """The network without its classifier."""
    application: Callable[..., Any] = getattr(keras.applications, backbone.application)
    try:
        with warnings.catch_warnings():
            # Keras only warns about some of the weights that a foreign file lacks, and leaves those random.
            warnings.filterwarnings("error", message="Skipping nested container")
            # Weights of another picture size fit all the same: a convolution knows no size.
            warnings.filterwarnings("ignore", message="`input_shape` is undefined")
            return application(
                input_shape=(picture.height, picture.width, 3),
                include_top=False,
                weights=str(weights) if weights else None,
                **backbone.arguments,
            )
    except (ValueError, OSError, UserWarning) as error:
        if weights == "imagenet":
            raise
        raise ModelError(
            f"weights {weights}: not those of {backbone.name} without its classifier: {error}",
            hint=f"delete {weights}, or put the right file there",
        ) from None
