"""Backbones: from a picture to features. Scaling lives inside, so every input is float32 in [0, 255]."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from aoi_modules.datasets.sources.download import reachable
from aoi_modules.errors import ModelError
from aoi_modules.machine import disk
from aoi_modules.modelstore.layout import IMAGE
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.progress import Say, say
from aoi_modules.settings import Settings
from aoi_modules.tf import keras
from aoi_modules.training.networks.catalogue import PATCHES, TAPS, Backbone, Pooling, Scaling, by_name
from aoi_modules.training.networks.small_cnn import small_cnn
from aoi_modules.training.networks.weight_origin import DOWNLOAD, RANDOM, bounded_download, origin

SMALLEST_VARIANCE = 1e-6
"""Keeps the slope of a square root finite where a map is the same everywhere."""
IMAGENET_BGR = (103.939, 116.779, 123.68)
"""ImageNet's mean colour in [0, 255]: blue, green, red."""


def pretrained(
    name: str,
    picture_input: PictureInput,
    *,
    pooling: Pooling = "mean+max",
    given: Settings | None = None,
    log: Say = say,
) -> tuple[keras.Model, str]:
    """Builds a frozen backbone with the best weights at hand, and describes them: `imagenet (...)` or `random`.

    Looks into the mirror and the caches, then tries Keras' own download, then takes random weights and says so.

    Args:
        name: of `BACKBONES`.
        picture_input: the backbone's input.
        pooling: see `Pooling`.
        given: settings; None takes this process's.
        log: told what happens.

    Raises:
        ModelError: no such backbone, the picture does not fit it, or the weights do not.
        ChecksumError: the weights file is damaged.
    """
    backbone = by_name(name)
    if not backbone.pretrained:
        return build(backbone, picture_input, pooling=pooling), RANDOM
    found = origin(backbone, given=given)
    if found.path is not None:
        return build(backbone, picture_input, found.path, pooling=pooling), f"imagenet (file {found.path.name})"
    if found.place == DOWNLOAD and reachable(backbone.keras_url):
        try:
            with bounded_download():
                return build(backbone, picture_input, "imagenet", pooling=pooling), "imagenet (downloaded by Keras)"
        except ModelError:
            raise
        except Exception as error:  # Keras raises a bare Exception when a download fails
            log(f"backbone {name}: ImageNet weights could not be downloaded: {error}")
    log(f"backbone {name}: no ImageNet weights found, using random ones; expect a far weaker model")
    return build(backbone, picture_input, pooling=pooling), RANDOM


def build(
    backbone: Backbone,
    picture_input: PictureInput,
    weights: Path | Literal["imagenet"] | None = None,
    *,
    pooling: Pooling = "mean+max",
) -> keras.Model:
    """Builds the backbone for pictures of one size, frozen; a network without ImageNet weights is ready to be trained.

    Its batch normalisation uses ImageNet's statistics whatever is unfrozen later.

    Args:
        backbone: which.
        picture_input: the input; a gray picture is repeated to three channels.
        weights: a file, `"imagenet"` for Keras' own download, None for random ones.
        pooling: see `Pooling`.

    Input shape: `image` float32 (N, H, W, C), in [0, 255]. Output shape: see `Pooling`.

    Raises:
        ModelError: the picture is too small or has other than 1 or 3 channels, or the weights are of something else.
    """
    _fits(backbone, picture_input)
    if not backbone.application:
        return small_cnn(picture_input)
    trunk = _trunk(backbone, picture_input, weights)
    image = keras.Input((picture_input.height, picture_input.width, picture_input.channels), name=IMAGE)
    rgb = image if picture_input.channels == 3 else keras.layers.Concatenate(name="gray_to_rgb")([image] * 3)
    if pooling in ("taps", "patches"):
        trunk = tapped(trunk, backbone, TAPS if pooling == "taps" else PATCHES)
    x = trunk(scaled(rgb, backbone.scaling), training=False)  # (N, H/32, W/32, F), or several maps
    if pooling == "taps":
        features = keras.layers.Concatenate()([statistics(tap) for tap in x])
    else:
        features = patches(*x) if pooling == "patches" else pooled(x, pooling)
    model = keras.Model(image, features, name=backbone.name.replace("-", "_"))
    model.trainable = False
    return model


def scaled(rgb: keras.KerasTensor, scaling: Scaling) -> keras.KerasTensor:
    """Scales pixels as a network expects them: RGB float32 (N, H, W, 3), in [0, 255], to the same shape."""
    if scaling == "tf":
        return keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scaling")(rgb)
    if scaling == "caffe":
        bgr = keras.ops.flip(rgb, axis=-1)
        return keras.layers.Rescaling(1.0, offset=[-mean for mean in IMAGENET_BGR], name="scaling")(bgr)
    return rgb


def pooled(x: keras.KerasTensor, pooling: Pooling) -> keras.KerasTensor:
    """Pools a map float32 (N, h, w, F) to features; see `Pooling` for their number.

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


def tapped(trunk: keras.Model, backbone: Backbone, taps: Mapping[str, tuple[str, ...]] = TAPS) -> keras.Model:
    """Makes inner maps the trunk's outputs, each float32 (N, h, w, F); the layers above the last one are gone.

    Args:
        trunk: the network.
        backbone: which it is.
        taps: application -> layers that give the maps.

    Raises:
        ModelError: no taps are known for this network.
    """
    if backbone.application not in taps:
        raise ModelError(
            f"pooling taps: expected a network of {', '.join(taps)}. Received: {backbone.name}",
            hint="take mean+max",
        )
    outputs = [trunk.get_layer(name).output for name in taps[backbone.application]]
    return keras.Model(trunk.inputs, outputs, name=trunk.name)


def statistics(x: keras.KerasTensor) -> keras.KerasTensor:
    """Computes mean, maximum and standard deviation of a map over its places: (N, h, w, F) -> (N, 3 F)."""
    mean = keras.layers.GlobalAveragePooling2D()(x)
    square = keras.layers.GlobalAveragePooling2D()(keras.ops.square(x))
    spread = keras.ops.sqrt(keras.ops.relu(square - keras.ops.square(mean)) + SMALLEST_VARIANCE)
    return keras.layers.Concatenate()([mean, keras.layers.GlobalMaxPooling2D()(x), spread])


def patches(fine: keras.KerasTensor, *coarser: keras.KerasTensor) -> keras.KerasTensor:
    """Lays coarse maps over a fine one, each place averaged with its neighbours.

    Input shapes: float32 (N, h, w, F), and (N, h', w', G) of whole parts of that size. Output shape:
    (N, h, w, F + G + ...).
    """
    high, wide = fine.shape[1:3]
    maps = [_smooth(fine)]
    for coarse in coarser:
        times = -(-high // coarse.shape[1]), -(-wide // coarse.shape[2])
        large = keras.layers.UpSampling2D(times)(_smooth(coarse))
        beyond = (0, large.shape[1] - high), (0, large.shape[2] - wide)
        maps.append(keras.layers.Cropping2D(beyond)(large))
    return maps[0] if len(maps) == 1 else keras.layers.Concatenate()(maps)


def _smooth(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.AveragePooling2D(3, 1, padding="same")(x)


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


def _fits(backbone: Backbone, picture_input: PictureInput) -> None:
    if picture_input.channels not in (1, 3):
        raise ModelError(f"picture_input: expected 1 or 3 channels. Received: {picture_input.channels}")
    if min(picture_input.height, picture_input.width) < backbone.smallest:
        raise ModelError(
            f"backbone {backbone.name}: expected pictures of at least {backbone.smallest} x {backbone.smallest}. "
            f"Received: {picture_input.height} x {picture_input.width}",
            hint=f"let the model look at larger pictures (its natural size is {backbone.size}), or take mobilenet-v2",
        )


def _trunk(backbone: Backbone, picture_input: PictureInput, weights: Path | Literal["imagenet"] | None) -> keras.Model:
    """The network without its classifier."""
    application: Callable[..., Any] = getattr(keras.applications, backbone.application)
    try:
        with warnings.catch_warnings():
            # Keras only warns about some of the weights that a foreign file lacks, and leaves those random.
            warnings.filterwarnings("error", message="Skipping nested container")
            # Weights of another picture size fit all the same: a convolution knows no size.
            warnings.filterwarnings("ignore", message="`input_shape` is undefined")
            return application(
                input_shape=(picture_input.height, picture_input.width, 3),
                include_top=False,
                weights=str(weights) if weights else None,
                **backbone.arguments,
            )
    except (ValueError, OSError, UserWarning) as error:
        if weights == "imagenet":
            raise
        if isinstance(error, OSError) and error.errno is not None and weights is not None:
            raise ModelError(disk.trouble(error, Path(weights), "weights cannot be read")) from None
        raise ModelError(
            f"weights {weights}: not those of {backbone.name} without its classifier: {error}",
            hint=f"delete {weights}, or put the right file there",
        ) from None
