"""How the blocks of a network are stacked."""

import keras
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.study.networks.stages import Stage, funnels, stages
from aoi_modules.training.networks.backbones import build
from aoi_modules.training.networks.catalogue import by_name
from tests.test_plots import texts

PICTURE = PictureInput(height=64, width=64, channels=3)


def test_vgg16_halves_by_pooling_after_each_group() -> None:
    found = stages(build(by_name("vgg16"), PICTURE))
    assert [stage.side for stage in found] == [64, 32, 16, 8, 4, 2]
    assert [stage.convolutions for stage in found] == [2, 2, 3, 3, 3, 0]
    assert [stage.channels for stage in found] == [64, 128, 256, 512, 512, 512]


def test_mobilenet_halves_in_its_stem_and_by_strides() -> None:
    found = stages(build(by_name("mobilenet-0.25"), PICTURE))
    assert [stage.side for stage in found] == [32, 16, 8, 4, 2]
    assert sum(stage.convolutions for stage in found) == 27  # a stem, and 13 blocks of two
    assert found[-1].channels == 256


def test_channels_are_those_of_the_map_at_which_branches_meet() -> None:
    found = stages(build(by_name("resnet50"), PICTURE))
    assert [stage.channels for stage in found] == [64, 256, 512, 1024, 2048]


def test_a_window_without_padding_begins_no_stage() -> None:
    image = keras.Input((47, 47, 3))
    x = keras.layers.Conv2D(4, 3)(image)  # 45
    x = keras.layers.MaxPooling2D(2)(x)  # 22
    x = keras.layers.Conv2D(8, 3)(x)  # 20
    inner = keras.Model(image, x)
    outer = keras.Input((47, 47, 3))
    assert stages(keras.Model(outer, inner(outer))) == (Stage(45, 4, 1), Stage(20, 8, 1))


def test_a_small_network_has_no_trunk() -> None:
    image = keras.Input((8, 8, 1))
    with pytest.raises(ModelError, match="pretrained network"):
        stages(keras.Model(image, keras.layers.Flatten()(image)))


def test_each_network_is_drawn_with_the_sides_of_its_stages() -> None:
    shown = texts(funnels({"small": (Stage(32, 8, 1), Stage(16, 16, 4)), "other": (Stage(32, 4, 2),)}))
    for part in ("small: 5 convolutions", "16 x 16\n16", "other: 2 convolutions"):
        assert part in shown
