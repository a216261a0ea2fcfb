"""Heads and the joined model."""

import keras
import numpy as np
import pytest

from aoi_modules.modelstore.manifest import Head
from aoi_modules.training.backbones import mobilenet, small_cnn
from aoi_modules.training.heads import feature_head, join, named, output_layer
from tests.training.small import DEFECT, PICTURE, SIDES, table

VALUE = Head(name="price", kind="value", labels=("dollar",))


@pytest.mark.parametrize(("head", "width"), [(DEFECT, 1), (SIDES, 2), (VALUE, 1)])
def test_each_kind_has_its_shape(head: Head, width: int) -> None:
    answer = output_layer(head)(np.ones((3, 5), np.float32)).numpy()
    assert answer.shape == (3, width)
    if head.kind == "class":
        assert np.allclose(answer.sum(axis=1), 1)


@pytest.mark.parametrize("scale", [1e-15, 1e-3, 1.0, 1e4])
def test_features_of_any_scale_reach_the_weights_alike(scale: float) -> None:
    random = np.random.default_rng(0)
    plain = random.normal(3, 2, (200, 4)).astype(np.float32)
    keras.utils.set_random_seed(0)
    expected = feature_head(DEFECT, plain)(plain).numpy()
    keras.utils.set_random_seed(0)
    scaled = (plain * scale).astype(np.float32)
    found = feature_head(DEFECT, scaled)(scaled).numpy()
    assert np.allclose(found, expected, atol=1e-3)
    assert found.std() > 0.05


def test_a_feature_that_never_moved_cannot_blow_up() -> None:
    features = np.random.default_rng(0).normal(0, 1, (100, 3)).astype(np.float32)
    features[:, 1] = 0.5
    head = feature_head(DEFECT, features)
    surprise = np.array([[0, 1.5, 0]], np.float32)
    standardised = keras.Model(head.inputs[0], head.layers[-2].output)(surprise).numpy()
    assert np.abs(standardised).max() < 100
    dead = feature_head(DEFECT, np.zeros((10, 3), np.float32))
    assert np.isfinite(dead(np.ones((1, 3), np.float32))).all()


def test_the_joined_model_follows_the_contract(tmp_path_factory: pytest.TempPathFactory) -> None:
    backbone = mobilenet(PICTURE, None)
    pictures = np.asarray(table(6, 0).pictures, np.float32)
    head_model = feature_head(DEFECT, backbone(pictures).numpy())
    model = join(backbone, head_model, DEFECT)
    assert [tensor.name for tensor in model.inputs] == ["image"]
    assert model.inputs[0].shape == (None, 32, 32, 3)
    answer = model(pictures)
    assert list(answer) == ["defect"]
    assert np.allclose(answer["defect"], head_model(backbone(pictures)), atol=1e-6)
    path = tmp_path_factory.mktemp("model") / "model.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    assert np.array_equal(loaded(pictures, training=True)["defect"], answer["defect"])


def test_dropout_is_inert_at_inference() -> None:
    backbone = small_cnn(PICTURE)
    model = named(keras.Model(backbone.inputs[0], output_layer(SIDES)(backbone.outputs[0])), SIDES)
    pictures = np.asarray(table(6, 0).pictures, np.float32)
    assert np.array_equal(model(pictures)["side"], model(pictures)["side"])
    assert not np.array_equal(model(pictures, training=True)["side"], model(pictures)["side"])
