"""The backbones by name: networks of keras.applications, with the numbers that a choice needs. No TensorFlow.

Parameters and multiply-adds are those of the network without its classifier, at its natural size; a test computes
them anew. Most networks work at other sizes too: multiply-adds grow with the picture's area.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aoi_modules.errors import ModelError

Scaling = Literal["caffe", "tf", "inside"]
"""What a network expects of pixels in [0, 255]: `caffe` BGR minus ImageNet's mean colour, `tf` [-1, 1], `inside` the
pixels as they are, because it has a scaling of its own."""

Pooling = Literal["mean", "mean+max", "quadrants", "taps", "patches", "none"]
"""How the last feature map (h, w, F) becomes features:

    mean       its mean, F features
    mean+max   mean and maximum, 2 F: a hole of a few pixels vanishes in a mean, but not in a maximum
    quadrants  the mean of each quarter, 4 F, row by row: for four pictures put together to one
    taps       mean, maximum and spread of several earlier maps (`TAPS`), which still show small defects
    patches    the maps of `PATCHES` laid over each other, each place with its neighbours: a map (h, w, F), not pooled
    none       the map itself
"""
TAPS: dict[str, tuple[str, ...]] = {
    "MobileNet": ("conv_pw_3_relu", "conv_pw_5_relu", "conv_pw_11_relu", "conv_pw_13_relu"),
    "MobileNetV2": ("block_3_expand_relu", "block_6_expand_relu", "block_10_expand_relu", "block_13_expand_relu"),
    "ResNet50": ("conv2_block3_out", "conv3_block4_out", "conv4_block6_out", "conv5_block3_out"),
    "InceptionV3": ("mixed2", "mixed4", "mixed7", "mixed10"),
    "VGG16": ("block2_pool", "block3_pool", "block4_pool", "block5_pool"),
}
"""Application -> layers of which `taps` takes the maps, at four sizes."""
PATCHES: dict[str, tuple[str, ...]] = {
    "MobileNet": ("conv_pw_11_relu", "conv_pw_13_relu"),
    "MobileNetV2": ("block_12_add", "block_15_add"),
    "ResNet50": ("conv4_block6_out",),
    "InceptionV3": ("mixed7",),
    "VGG16": ("block4_pool", "block5_pool"),
}
"""Application -> layers of which `patches` takes the maps, the finest first: at a sixteenth of the picture's size, and
at half of that where a map has few channels. Earlier maps tell good surfaces apart that differ in grain alone."""

KERAS = "https://storage.googleapis.com/tensorflow/keras-applications"
SMALL_CNN = "small-cnn"


@dataclass(frozen=True)
class Backbone:
    """A network that turns a picture into features.

    Args:
        name: how people ask for it.
        application: the function of `keras.applications`; empty for a network of ours that is trained from scratch.
        size: natural side of its input, in pixels.
        features: channels of its last feature map.
        parameters: without the classifier; None when it depends on the picture.
        multiply_adds: for one picture of the natural size, without the classifier; None like `parameters`.
        scaling: what it expects of the pixels; the built model does it itself.
        smallest: smallest side of a picture that it takes.
        arguments: further ones of the application.
        keras_url: the weights that Keras downloads.
        files: names under which ImageNet weights are looked for, the best first.
    """

    name: str
    application: str
    size: int
    features: int
    parameters: int | None
    multiply_adds: int | None
    scaling: Scaling
    smallest: int = 32
    arguments: Mapping[str, float] = field(default_factory=dict, hash=False)
    keras_url: str = ""
    files: tuple[str, ...] = ()

    @property
    def pretrained(self) -> bool:
        """Whether there are ImageNet weights of it anywhere."""
        return bool(self.files)


def by_name(name: str) -> Backbone:
    """Gives the backbone of that name.

    Raises:
        ModelError: there is none; names the nearest, and all.
    """
    if name in BACKBONES:
        return BACKBONES[name]
    near = difflib.get_close_matches(name.lower().replace("_", "-"), BACKBONES, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise ModelError(
        f"backbone: expected one of {', '.join(BACKBONES)}. Received: {name!r}",
        hint=f"{guess}aoi backbones lists them all",
    )


def _one_file(
    name: str,
    application: str,
    scaling: Scaling,
    size: int,
    features: int,
    parameters: int,
    multiply_adds: int,
    file: str,
    smallest: int = 32,
) -> Backbone:
    """A backbone whose weights are one file for all picture sizes, `folder/name` below Keras' address."""
    return Backbone(
        name,
        application,
        size=size,
        features=features,
        parameters=parameters,
        multiply_adds=multiply_adds,
        scaling=scaling,
        smallest=smallest,
        keras_url=f"{KERAS}/{file}",
        files=(file.rpartition("/")[2],),
    )


def _slim(
    name: str,
    application: str,
    alpha: float,
    features: int,
    parameters: int,
    multiply_adds: int,
    keras_files: list[str],
    ours: tuple[str, ...] = (),
) -> Backbone:
    """A MobileNet, whose channels are `alpha` times the full number; Keras has a file for each of several sizes."""
    return Backbone(
        name,
        application,
        size=224,
        features=features,
        parameters=parameters,
        multiply_adds=multiply_adds,
        scaling="tf",
        arguments={"alpha": alpha},
        keras_url=f"{KERAS}/{keras_files[0]}",
        files=(*ours, *(file.rpartition("/")[2] for file in keras_files)),
    )


def _v1_files(alpha: str) -> list[str]:
    return [f"mobilenet/mobilenet_{alpha}_{size}_tf_no_top.h5" for size in (224, 192, 160, 128)]


def _v2_files(alpha: str) -> list[str]:
    stem = "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels"
    return [f"{stem}_{alpha}_{size}_no_top.h5" for size in (224, 192, 160, 128, 96)]


_NOTOP = "weights_tf_dim_ordering_tf_kernels_notop.h5"
_V3 = "mobilenet_v3/weights_mobilenet_v3"
_HALF = ("mobilenet_v1_0.5_224_imagenet_notop.weights.h5", "mobilenet_v1_0.5_160_imagenet_notop_dequant.weights.h5")
_QUARTER = ("mobilenet_v1_0.25_224_imagenet_notop.weights.h5",)
_V2_FULL = ("mobilenet_v2_1.0_224_imagenet_notop_dequant_ptq.weights.h5",)
_V2_THIRD = ("mobilenet_v2_0.35_224_imagenet_notop.weights.h5", "mobilenet_v2_0.35_128_imagenet_notop.weights.h5")
_ALL = (
    _one_file("vgg16", "VGG16", "caffe", 224, 512, 14_714_688, 15_346_630_656, f"vgg16/vgg16_{_NOTOP}"),
    _one_file("vgg19", "VGG19", "caffe", 224, 512, 20_024_384, 19_508_428_800, f"vgg19/vgg19_{_NOTOP}"),
    _one_file("resnet50", "ResNet50", "caffe", 224, 2048, 23_587_712, 3_855_925_248, f"resnet/resnet50_{_NOTOP}"),
    _one_file("resnet50-v2", "ResNet50V2", "tf", 224, 2048, 23_564_800, 3_480_207_360, f"resnet/resnet50v2_{_NOTOP}"),
    _one_file(
        "inception-v3",
        "InceptionV3",
        "tf",
        299,
        2048,
        21_802_784,
        5_711_168_096,
        f"inception_v3/inception_v3_{_NOTOP}",
        smallest=75,
    ),
    _slim("mobilenet", "MobileNet", 1.0, 1024, 3_228_864, 567_716_352, _v1_files("1_0")),
    _slim("mobilenet-0.5", "MobileNet", 0.5, 512, 829_536, 148_985_088, _v1_files("5_0"), _HALF),
    _slim("mobilenet-0.25", "MobileNet", 0.25, 256, 218_544, 40_774_272, _v1_files("2_5"), _QUARTER),
    _slim("mobilenet-v2", "MobileNetV2", 1.0, 1280, 2_257_984, 299_494_272, _v2_files("1.0"), _V2_FULL),
    _slim("mobilenet-v2-0.35", "MobileNetV2", 0.35, 1280, 410_208, 58_005_808, _v2_files("0.35"), _V2_THIRD),
    _one_file(
        "mobilenet-v3-small",
        "MobileNetV3Small",
        "inside",
        224,
        576,
        939_120,
        54_896_576,
        f"{_V3}_small_224_1.0_float_no_top_v2.h5",
    ),
    _one_file(
        "mobilenet-v3-large",
        "MobileNetV3Large",
        "inside",
        224,
        960,
        2_996_352,
        214_080_960,
        f"{_V3}_large_224_1.0_float_no_top_v2.h5",
    ),
    _one_file(
        "efficientnet-v2-b0",
        "EfficientNetV2B0",
        "inside",
        224,
        1280,
        5_919_312,
        716_806_176,
        "efficientnet_v2/efficientnetv2-b0_notop.h5",
    ),
    _one_file(
        "xception",
        "Xception",
        "tf",
        299,
        2048,
        20_861_480,
        8_355_355_496,
        f"xception/xception_{_NOTOP}",
        smallest=71,
    ),
    Backbone(SMALL_CNN, "", size=28, features=128, parameters=None, multiply_adds=None, scaling="inside", smallest=8),
)
BACKBONES: Mapping[str, Backbone] = {backbone.name: backbone for backbone in _ALL}
