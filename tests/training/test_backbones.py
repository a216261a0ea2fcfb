"""Backbones and their weights."""

from pathlib import Path

import keras
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.settings import Settings
from aoi_modules.training.backbones import INPUT, MOBILENET_FILE, RANDOM, mobilenet, pretrained_mobilenet, small_cnn
from tests.training.small import PICTURE, table


def pictures() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(table(4, 0).pictures, np.float32)


def test_small_cnn_gives_features_of_pictures() -> None:
    backbone = small_cnn(PICTURE)
    assert backbone.inputs[0].name == INPUT
    assert backbone(pictures()).shape == (4, 128)


def test_mobilenet_is_frozen_and_its_batch_norm_inert() -> None:
    backbone = mobilenet(PICTURE, None)
    assert backbone.trainable_weights == []
    before = [weight.numpy() for weight in backbone.weights]
    asked_to_train = backbone(pictures(), training=True)
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, backbone.weights, strict=True))
    assert np.array_equal(asked_to_train, backbone(pictures(), training=False))
    assert asked_to_train.shape == (4, 512)


def machine(tmp_path: Path) -> Settings:
    return Settings(course_dir=tmp_path, cache_dir=tmp_path / "cache", offline=True)


def test_weights_come_from_the_file(tmp_path: Path) -> None:
    shape = (PICTURE.height, PICTURE.width, PICTURE.channels)
    trunk = keras.applications.MobileNet(input_shape=shape, alpha=0.25, include_top=False, weights=None)
    path = tmp_path / MOBILENET_FILE
    trunk.save_weights(path)
    first, second = mobilenet(PICTURE, path), mobilenet(PICTURE, path)
    assert np.array_equal(first(pictures()), second(pictures()))
    assert not np.array_equal(first(pictures()), mobilenet(PICTURE, None)(pictures()))


def test_without_weights_and_network_random_ones_are_announced(tmp_path: Path) -> None:
    lines: list[str] = []
    _, weights = pretrained_mobilenet(PICTURE, given=machine(tmp_path), log=lines.append)
    assert weights == RANDOM
    assert any("no ImageNet weights found" in line for line in lines)


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.weights.h5"
    small_cnn(PICTURE).save_weights(path)
    with pytest.raises(ModelError, match=r"other\.weights\.h5"):
        mobilenet(PICTURE, path)
