"""Which part of a backbone may learn."""

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.training.networks.backbones import build
from aoi_modules.training.networks.catalogue import by_name
from aoi_modules.training.networks.small_cnn import small_cnn
from aoi_modules.training.networks.trunk import trunk_of, unfreeze
from tests.training.small import PICTURE, table

pytestmark = pytest.mark.slow


def backbone() -> keras.Model:
    return build(by_name("mobilenet-0.25"), PICTURE)


def joined(part: keras.Model) -> keras.Model:
    return keras.Model(part.inputs[0], keras.layers.Dense(1, "sigmoid", name="head")(part.outputs[0]))


def test_the_upper_part_learns_and_the_lower_part_and_batch_norm_stay() -> None:
    part = backbone()
    model = joined(part)
    opened = unfreeze(part, 0.25)
    trunk = trunk_of(model)
    learning = [layer.name for layer in trunk.layers if layer.trainable]
    assert len(learning) == opened == 7  # of 27 convolutions
    assert learning[-1] == "conv_pw_13"
    assert "conv1" not in learning
    # A random network has tiny gradients: Adam with next to no epsilon moves along them all the same.
    model.compile(keras.optimizers.Adam(1e-3, epsilon=1e-30), "binary_crossentropy")
    before = {weight.path: weight.numpy() for weight in trunk.weights}
    rows = table(8, 1)
    model.fit(np.asarray(rows.pictures, np.float32), rows.labels, verbose=0)
    moved = {path for path, values in before.items() if not np.array_equal(values, _now(trunk, path))}
    assert moved == {weight.path for weight in trunk.trainable_weights}
    assert not any("_bn" in path for path in moved)


def test_from_a_named_layer_on() -> None:
    part = backbone()
    unfreeze(part, "conv_pw_13")
    assert [layer.name for layer in trunk_of(part).layers if layer.trainable] == ["conv_pw_13"]
    assert len(part.trainable_weights) == 1
    unfreeze(part, 1.0)
    assert len(part.trainable_weights) == 27


def test_opening_the_joined_model_is_the_same_and_leaves_its_head_alone() -> None:
    model = joined(backbone())
    unfreeze(model, "conv_pw_13")
    assert len(model.trainable_weights) == 3


def test_what_cannot_be_opened_is_refused() -> None:
    part = backbone()
    for wrong in (0.0, 1.5):
        with pytest.raises(ModelError, match=f"Received: {wrong}"):
            unfreeze(part, wrong)
    with pytest.raises(ModelError, match="Received: 'conv_99'"):
        unfreeze(part, "conv_99")
    with pytest.raises(ModelError, match=r"no layer of .* has weights"):
        unfreeze(part, "conv_pw_13_relu")
    with pytest.raises(ModelError, match="expected a pretrained network inside"):
        trunk_of(small_cnn(PICTURE))


def _now(trunk: keras.Model, path: str) -> NDArray[np.float32]:
    return next(np.asarray(weight) for weight in trunk.weights if weight.path == path)
