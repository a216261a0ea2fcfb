"""Parameters and multiply-adds."""

import keras
import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.study.networks.cost import layer_costs, multiply_adds, parameters
from aoi_modules.training.networks.backbones import build
from aoi_modules.training.networks.catalogue import BACKBONES

QUICK = ("mobilenet", "mobilenet-0.5", "mobilenet-0.25", "mobilenet-v2-0.35", "mobilenet-v3-small")
CLASSES = 1000
# name: (published multiply-adds in millions with the classifier, multiply-adds of the classifier)
PUBLISHED = {
    "vgg16": (15_470, 7 * 7 * 512 * 4096 + 4096 * 4096 + 4096 * CLASSES),
    "resnet50": (3_870, 2048 * CLASSES),
    "inception-v3": (5_713, 2048 * CLASSES),
    "mobilenet": (569, 1024 * CLASSES),
    "mobilenet-0.5": (149, 512 * CLASSES),
    "mobilenet-0.25": (41, 256 * CLASSES),
    "mobilenet-v2": (300, 1280 * CLASSES),
    "mobilenet-v3-small": (56, 576 * 1024 + 1024 * CLASSES),
    "mobilenet-v3-large": (217, 960 * 1280 + 1280 * CLASSES),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name, backbone in BACKBONES.items()
        if backbone.pretrained
    ],
)
def test_the_catalogue_says_what_the_network_has(name: str) -> None:
    stored = BACKBONES[name]
    model = build(stored, PictureInput(height=stored.size, width=stored.size, channels=3), pooling="none")
    assert parameters(model) == model.count_params() == stored.parameters
    assert multiply_adds(model) == stored.multiply_adds
    assert model.output.shape[-1] == stored.features
    keras.backend.clear_session()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_numbers_are_the_published_ones(name: str) -> None:
    published, classifier = PUBLISHED[name]
    stored = BACKBONES[name].multiply_adds or 0
    assert (stored + classifier) / 1e6 == pytest.approx(published, rel=0.02)


@given(side=st.integers(1, 9), channels=st.integers(1, 4), filters=st.integers(1, 4), stride=st.integers(1, 3))
@example_settings(max_examples=15)
def test_a_convolution_multiplies_once_a_place_a_tap_and_a_channel(
    side: int, channels: int, filters: int, stride: int
) -> None:
    image = keras.Input((side, side, channels))
    model = keras.Model(image, keras.layers.Conv2D(filters, 3, strides=stride, padding="same")(image))
    places = (-(-side // stride)) ** 2
    assert multiply_adds(model) == places * 9 * channels * filters
    assert parameters(model) == 9 * channels * filters + filters


def test_every_kind_of_layer_by_hand() -> None:
    image = keras.Input((8, 8, 4))
    x = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(image)
    x = keras.layers.SeparableConv2D(6, 3, padding="valid", use_bias=False)(x)
    x = keras.layers.Conv2D(6, 1, groups=2, use_bias=False)(x)
    x = keras.layers.Dense(2, use_bias=False)(keras.layers.GlobalAveragePooling2D()(x))
    found = {cost.kind: cost.multiply_adds for cost in layer_costs(keras.Model(image, x))}
    assert found == {
        "DepthwiseConv2D": 64 * 9 * 4,
        "SeparableConv2D": 36 * 4 * (9 + 6),
        "Conv2D": 36 * 3 * 6,
        "Dense": 6 * 2,
    }


def test_a_shared_layer_is_held_once_and_multiplies_as_often_as_it_is_applied() -> None:
    inner_image = keras.Input((4, 4, 3))
    inner = keras.Model(inner_image, keras.layers.Conv2D(2, 1, use_bias=False)(inner_image), name="inner")
    left, right = keras.Input((4, 4, 3)), keras.Input((4, 4, 3))
    model = keras.Model([left, right], keras.layers.Add()([inner(left), inner(right)]))
    (cost,) = layer_costs(model)
    assert cost.name.startswith("inner/")
    assert (cost.parameters, cost.multiply_adds, cost.output) == (6, 2 * 16 * 6, (4, 4, 2))


def test_a_model_for_pictures_of_any_size_is_refused() -> None:
    image = keras.Input((None, None, 3))
    with pytest.raises(ModelError, match="any size"):
        layer_costs(keras.Model(image, keras.layers.Conv2D(2, 1)(image)))
