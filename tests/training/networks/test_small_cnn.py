"""The small network takes pictures of any size and shape."""

import numpy as np
import pytest

from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras
from aoi_modules.training.networks.small_cnn import FINAL_SIDE, small_cnn


@pytest.mark.parametrize(("height", "width", "channels"), [(28, 28, 1), (64, 64, 1), (8, 8, 3), (33, 90, 3)])
def test_any_picture_becomes_128_features(height: int, width: int, channels: int) -> None:
    model = small_cnn(PictureInput(height=height, width=width, channels=channels))
    found = model(np.zeros((2, height, width, channels), np.float32))
    assert found.shape == (2, 128)
    flat = next(layer for layer in model.layers if isinstance(layer, keras.layers.Flatten))
    assert max(flat.input.shape[1:3]) <= FINAL_SIDE


def test_batch_norm_follows_every_convolution_which_has_no_bias() -> None:
    layers = small_cnn(PictureInput(height=28, width=28, channels=1)).layers
    convolutions = [place for place, layer in enumerate(layers) if isinstance(layer, keras.layers.Conv2D)]
    assert convolutions
    for place in convolutions:
        assert not layers[place].use_bias
        assert isinstance(layers[place + 1], keras.layers.BatchNormalization)


def test_it_answers_the_same_twice_although_it_has_dropout() -> None:
    model = small_cnn(PictureInput(height=28, width=28, channels=1), dropout=0.9)
    picture = np.random.default_rng(0).uniform(0, 255, (1, 28, 28, 1)).astype(np.float32)
    assert np.array_equal(model(picture, training=False), model(picture, training=False))
