"""Backbones: built by name, frozen, with their own scaling inside."""

import importlib
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.layout import IMAGE
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.settings import Settings
from aoi_modules.training.networks.backbones import build, patches, pooled, pretrained, scaled, statistics
from aoi_modules.training.networks.catalogue import BACKBONES, PATCHES, TAPS, Pooling, by_name
from aoi_modules.training.networks.small_cnn import small_cnn
from aoi_modules.training.networks.trunk import unfreeze
from aoi_modules.training.networks.weight_origin import RANDOM
from tests.training.small import PICTURE, table

pytestmark = pytest.mark.slow

SMALL = by_name("mobilenet-0.25")
SIDE_64 = PictureInput(height=64, width=64, channels=3)
MODULES = {
    "ResNet50": "resnet",
    "ResNet50V2": "resnet_v2",
    "InceptionV3": "inception_v3",
    "MobileNetV2": "mobilenet_v2",
}
MODULES |= {"MobileNetV3Small": "mobilenet_v3", "MobileNetV3Large": "mobilenet_v3"}
MODULES |= {"EfficientNetV2B0": "efficientnet_v2"}


def pictures() -> NDArray[np.float32]:
    return np.asarray(table(4, 0).pictures, np.float32)


@pytest.fixture
def machine(tmp_path: Path) -> Settings:
    """A machine without weights and without network."""
    return Settings(course_dir=tmp_path, cache_dir=tmp_path / "cache", keras_dir=tmp_path / "keras", offline=True)


def test_small_cnn_gives_features_of_pictures() -> None:
    backbone = small_cnn(PICTURE)
    assert backbone.inputs[0].name == IMAGE
    assert backbone(pictures()).shape == (4, 128)


@pytest.mark.parametrize("name", [name for name, backbone in BACKBONES.items() if backbone.pretrained])
def test_each_scales_as_keras_says(name: str) -> None:
    backbone = BACKBONES[name]
    module = MODULES.get(backbone.application, backbone.application.lower())
    preprocess = importlib.import_module(f"keras.applications.{module}").preprocess_input
    image = keras.Input((32, 32, 3))
    ours = keras.Model(image, scaled(image, backbone.scaling))(pictures())
    np.testing.assert_allclose(ours, preprocess(pictures().copy()), rtol=1e-6, atol=1e-5)


def test_a_backbone_is_frozen_and_its_batch_norm_inert() -> None:
    backbone = build(SMALL, PICTURE)
    assert backbone.trainable_weights == []
    before = [weight.numpy() for weight in backbone.weights]
    asked_to_train = backbone(pictures(), training=True)
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, backbone.weights, strict=True))
    assert np.array_equal(asked_to_train, backbone(pictures(), training=False))


@pytest.mark.parametrize("name", ["mobilenet-0.25", "vgg16"])
def test_a_saved_backbone_answers_the_same_without_our_code(name: str, tmp_path: Path) -> None:
    backbone = build(by_name(name), PICTURE, pooling="mean")
    backbone.save(tmp_path / "backbone.keras")
    loaded = keras.models.load_model(tmp_path / "backbone.keras")
    assert np.array_equal(backbone(pictures()), loaded(pictures(), training=True))


def test_a_gray_picture_is_its_own_red_green_and_blue() -> None:
    gray = build(SMALL, PictureInput(height=32, width=32, channels=1))
    colour = build(SMALL, PICTURE)
    colour.set_weights(gray.get_weights())
    one = pictures()[..., :1]
    np.testing.assert_allclose(gray(one), colour(np.repeat(one, 3, axis=-1)), rtol=1e-6)


@pytest.mark.parametrize("name", ["mobilenet-0.25", "mobilenet-v2-0.35"])
def test_taps_keep_what_early_maps_say(name: str, tmp_path: Path) -> None:
    backbone = build(by_name(name), PICTURE, pooling="taps")
    features = np.asarray(backbone(pictures()))
    assert np.isfinite(features).all()
    assert features.shape[1] % 3 == 0
    assert not any(weight.trainable for weight in backbone.weights)
    assert unfreeze(backbone, 0.2) > 0
    backbone.save(tmp_path / "model.keras")
    assert np.array_equal(keras.models.load_model(tmp_path / "model.keras")(pictures()), features)


def test_statistics_of_a_map_are_its_mean_maximum_and_spread() -> None:
    values = np.random.default_rng(0).normal(3, 2, (2, 5, 4, 3)).astype(np.float32)
    image = keras.Input((5, 4, 3))
    found = np.asarray(keras.Model(image, statistics(image))(values))
    flat = values.reshape(2, 20, 3)
    assert np.allclose(found, np.concatenate([flat.mean(1), flat.max(1), flat.std(1)], axis=1), atol=1e-4)


@pytest.mark.parametrize("application", TAPS)
def test_every_tap_exists(application: str) -> None:
    name = next(name for name, one in BACKBONES.items() if one.application == application)
    size = PictureInput(height=96, width=96, channels=3)
    assert build(by_name(name), size, pooling="taps").outputs[0].shape[1] > 300


def test_a_network_without_known_taps_is_refused() -> None:
    with pytest.raises(ModelError, match="pooling taps: expected a network of MobileNet"):
        build(by_name("mobilenet-v3-small"), PICTURE, pooling="taps")


def test_poolings_of_a_map() -> None:
    def answer(pooling: Pooling, side: int = 4) -> NDArray[np.float32]:
        image = keras.Input((side, side, 2))
        values = np.arange(2 * side * side, dtype=np.float32).reshape(1, side, side, 2)
        return np.asarray(keras.Model(image, pooled(image, pooling))(values))

    assert answer("mean").tolist() == [[15, 16]]
    assert answer("mean+max").tolist() == [[15, 16, 30, 31]]
    assert answer("none").shape == (1, 4, 4, 2)
    assert answer("quadrants").tolist() == [[5, 6, 9, 10, 21, 22, 25, 26]]
    assert answer("quadrants", side=3).tolist() == [[4, 5, 6, 7, 10, 11, 12, 13]]
    with pytest.raises(ModelError, match=r"at least 2 x 2\. Received: 1 x 1"):
        answer("quadrants", side=1)
    with pytest.raises(ModelError, match="Received: 'median'"):
        answer("median")  # type: ignore[arg-type]


def test_a_picture_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ModelError, match=r"at least 75 x 75. Received: 64 x 64"):
        build(by_name("inception-v3"), SIDE_64)
    with pytest.raises(ModelError, match=r"1 or 3 channels\. Received: 4"):
        build(SMALL, PictureInput(height=32, width=32, channels=4))


@pytest.mark.parametrize("place", ["mirror", "cache", "keras"])
def test_weights_come_from_a_file_at_hand(place: str, machine: Settings, tmp_path: Path) -> None:
    trunk = keras.applications.MobileNet(input_shape=(32, 32, 3), alpha=0.5, include_top=False, weights=None)
    folder = {"mirror": tmp_path / "mirror/weights", "cache": machine.cache_dir / "weights"}
    path = folder.get(place, tmp_path / "keras/models") / "mobilenet_v1_0.5_224_imagenet_notop.weights.h5"
    path.parent.mkdir(parents=True)
    trunk.save_weights(path)
    given = replace(machine, data_dir=tmp_path / "mirror")
    backbone, weights = pretrained("mobilenet-0.5", PICTURE, pooling="none", given=given)
    assert weights == f"imagenet (file {path.name})"
    scaled_pictures = keras.applications.mobilenet.preprocess_input(pictures())
    np.testing.assert_allclose(backbone(pictures()), trunk(scaled_pictures, training=False), rtol=1e-5, atol=1e-12)


def test_without_weights_and_network_random_ones_are_announced(machine: Settings) -> None:
    lines: list[str] = []
    _, weights = pretrained("mobilenet-0.25", PICTURE, given=machine, log=lines.append)
    assert weights == RANDOM
    assert any("mobilenet-0.25: no ImageNet weights found" in line for line in lines)


def test_a_network_that_is_trained_from_nothing_is_not_frozen(machine: Settings) -> None:
    backbone, weights = pretrained("small-cnn", PICTURE, given=machine)
    assert weights == RANDOM
    assert backbone.trainable_weights


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.weights.h5"
    small_cnn(PICTURE).save_weights(path)
    with pytest.raises(ModelError, match=r"other\.weights\.h5: not those of mobilenet-0.25"):
        build(SMALL, PICTURE, path)


@pytest.mark.parametrize(("size", "places"), [((64, 64), (4, 4)), ((96, 160), (6, 10)), ((50, 70), (3, 4))])
def test_patches_are_a_map_at_a_sixteenth_of_the_size(size: tuple[int, int], places: tuple[int, int]) -> None:
    model = build(SMALL, PictureInput(height=size[0], width=size[1], channels=3), pooling="patches")
    assert model.output_shape == (None, *places, 128 + 256)  # a quarter of MobileNet's channels


def test_patches_lay_coarse_maps_over_a_fine_one() -> None:
    fine, coarse = keras.Input((7, 8, 3)), keras.Input((4, 4, 2))
    laid = keras.Model([fine, coarse], patches(fine, coarse))
    found = np.asarray(laid([np.ones((1, 7, 8, 3)), np.arange(16.0).reshape(1, 4, 4, 1) * np.ones(2)]))
    assert found.shape == (1, 7, 8, 5)
    assert (found[..., :3] == 1).all()
    np.testing.assert_allclose(found[0, :2, :2, 3], np.mean([0, 1, 4, 5]))  # the corner and its neighbours
    np.testing.assert_allclose(found[0, 6, 6:, 4], np.mean([10, 11, 14, 15]))


@pytest.mark.parametrize("application", list(PATCHES))
def test_every_network_has_the_layers_of_its_patches(application: str) -> None:
    (name, *_) = (name for name, one in BACKBONES.items() if one.application == application)
    model = build(by_name(name), PictureInput(height=96, width=96, channels=3), pooling="patches")
    assert 4 <= model.output_shape[1] <= 6
