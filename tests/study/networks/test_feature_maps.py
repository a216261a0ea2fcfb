"""Feature maps of one picture: the right depth, the right picture, the strongest first."""

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.study.networks.feature_maps import FeatureMaps, feature_maps, gallery
from aoi_modules.tf import keras
from aoi_modules.training.networks.backbones import build
from aoi_modules.training.networks.catalogue import by_name
from aoi_modules.training.networks.small_cnn import small_cnn
from tests.test_plots import texts
from tests.training.small import ORIGIN, PICTURE, table


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    return build(by_name("mobilenet-0.25"), PICTURE)


@pytest.mark.parametrize(("reduction", "side"), [(2, 16), (4, 8), (32, 1)])
def test_the_map_is_as_much_smaller_as_asked(backbone: keras.Model, reduction: int, side: int) -> None:
    found = feature_maps(backbone, table(1, 0).picture(0), reduction)
    assert found.values.shape[:2] == (side, side)
    assert found.values.dtype == np.float32


def test_the_last_map_is_the_one_that_the_backbone_pools(backbone: keras.Model) -> None:
    picture = table(1, 0).picture(0)
    found = feature_maps(backbone, picture, 32).values
    pooled = np.asarray(backbone(picture[np.newaxis].astype(np.float32)))[0]
    assert np.allclose(np.concatenate([found.mean(axis=(0, 1)), found.max(axis=(0, 1))]), pooled, rtol=1e-4, atol=1e-9)


def test_gray_pictures_of_any_size_are_taken(backbone: keras.Model) -> None:
    gray = np.random.default_rng(0).integers(0, 256, (50, 40, 1)).astype(np.uint8)
    colour = np.repeat(gray, 3, axis=-1)
    assert np.array_equal(feature_maps(backbone, gray, 4).values, feature_maps(backbone, colour, 4).values)
    own = build(by_name("mobilenet-0.25"), PictureInput(height=32, width=32, channels=1))
    assert feature_maps(own, gray, 4).values.shape[:2] == (8, 8)


def test_a_network_that_scales_inside_is_taken_too() -> None:
    found = feature_maps(build(by_name("mobilenet-v3-small"), PICTURE), table(1, 0).picture(0), 4)
    assert found.values.shape[:2] == (8, 8)


def test_the_strongest_maps_differ_most_from_place_to_place() -> None:
    values = np.zeros((2, 2, 3), np.float32)
    values[0, 0] = (1, 0, 5)
    values[..., 1] = 100  # high everywhere tells nothing
    assert np.array_equal(FeatureMaps("x", values).strongest(2), values[..., [2, 0]])
    assert FeatureMaps("x", values).strongest(9).shape == (2, 2, 3)


def test_the_edge_of_the_padding_does_not_count() -> None:
    values = np.zeros((20, 20, 2), np.float32)
    values[0, :, 0] = 100
    values[10, 10, 1] = 1
    assert np.array_equal(FeatureMaps("x", values).strongest(1), values[..., 1:])


def test_a_gallery_names_every_network() -> None:
    maps = {
        "one": FeatureMaps("a", np.eye(4, dtype=np.float32)[..., np.newaxis]),
        "two": FeatureMaps("b", np.ones((2, 2, 9), np.float32)),
    }
    plot = gallery(maps, table(1, 0).picture(0), ORIGIN, count=3, profile="ci")
    assert "one\n4 x 4, 1 maps" in texts(plot)
    assert "two\n2 x 2, 9 maps" in texts(plot)
    assert "stand-in data" in texts(plot)
    assert plot._repr_png_()


def test_what_cannot_be_shown_is_refused(backbone: keras.Model) -> None:
    with pytest.raises(ModelError, match="expected a pretrained network"):
        feature_maps(small_cnn(PICTURE), table(1, 0).picture(0), 4)
    with pytest.raises(ModelError, match="Received: 0"):
        feature_maps(backbone, table(1, 0).picture(0), 0)
