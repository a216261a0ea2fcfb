"""Heads and the joined model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.datasets.table import Target
from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras
from aoi_modules.training.fitting.losses import LogHuber
from aoi_modules.training.networks.heads import PICTURE_FEATURES, Scale, end_to_end, head_model, join
from aoi_modules.training.networks.number_columns import NumberColumns
from aoi_modules.training.networks.small_cnn import small_cnn
from tests.training.small import DEFECT, PICTURE, SIDES, table

pytestmark = pytest.mark.slow

Features = NDArray[np.float32]
ROWS = table(40, 0)
PRICE = Head(name="price", kind="value", labels=())
PRICED = replace(ROWS, targets=(*ROWS.targets, Target("price", np.geomspace(1e5, 1e6, 40).astype(np.float32))))


def answers(model: keras.Model, features: Features) -> dict[str, Features]:
    return {name: np.asarray(values) for name, values in model({PICTURE_FEATURES: features}).items()}


def test_each_kind_has_its_shape() -> None:
    features = np.random.default_rng(0).normal(0, 1, (3, 5)).astype(np.float32)
    found = answers(head_model([DEFECT, SIDES, PRICE], Scale.of(features), PRICED), features)
    assert {name: np.shape(values) for name, values in found.items()} == {
        "defect": (3, 1),
        "side": (3, 2),
        "price": (3, 1),
    }
    assert np.allclose(np.sum(found["side"], axis=1), 1)


def test_a_value_head_begins_at_the_prices_it_will_meet() -> None:
    features = np.zeros((3, 5), np.float32)
    found = answers(head_model([PRICE], Scale.of(features), PRICED), features)
    assert np.allclose(found["price"], np.sqrt(1e5 * 1e6), rtol=1e-3)


@pytest.mark.parametrize("scale", [1e-15, 1e-3, 1.0, 1e4])
def test_features_of_any_scale_reach_the_weights_alike(scale: float) -> None:
    plain = np.random.default_rng(0).normal(3, 2, (200, 4)).astype(np.float32)
    keras.utils.set_random_seed(0)
    expected = answers(head_model([DEFECT], Scale.of(plain), ROWS), plain)["defect"]
    keras.utils.set_random_seed(0)
    scaled = (plain * scale).astype(np.float32)
    found = answers(head_model([DEFECT], Scale.of(scaled), ROWS), scaled)["defect"]
    assert np.allclose(found, expected, atol=1e-3)
    assert np.std(found) > 0.05


def test_a_number_that_tells_all_is_not_drowned_by_thousands_of_features() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(240, dtype=np.int64) % 2
    offsets = np.where(labels == 1, -random.uniform(30, 40, 240), -random.uniform(1, 10, 240)).astype(np.float32)
    rows = replace(
        table(240, 0),
        targets=(Target("defect", labels, DEFECT.labels),),
        features=offsets[:, np.newaxis],
        feature_names=("offset",),
    )
    noise = random.normal(0, 1, (240, 2560)).astype(np.float32)
    learnt = rows.take(range(40))
    model = head_model([DEFECT], Scale.of(noise[:40]), learnt, columns=NumberColumns.of(learnt))
    model.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
    inputs = {PICTURE_FEATURES: noise, "features": offsets[:, np.newaxis]}
    learning = {name: values[:40] for name, values in inputs.items()}
    model.fit(learning, labels[:40], epochs=100, batch_size=64, verbose=0)
    scores = np.asarray(model(inputs)["defect"])[40:, 0]
    assert np.mean((scores > np.median(scores)) == (labels[40:] == 1)) > 0.9


def test_a_feature_that_never_moved_cannot_blow_up() -> None:
    features = np.random.default_rng(0).normal(0, 1, (100, 3)).astype(np.float32)
    features[:, 1] = 0.5
    surprise = np.array([[0, 1.5, 0]], np.float32)
    for layer in Scale.of(features).layers():
        surprise = np.asarray(layer(surprise))
    assert np.abs(surprise).max() < 100
    dead = answers(head_model([DEFECT], Scale.of(np.zeros((10, 3), np.float32)), ROWS), np.ones((1, 3), np.float32))
    assert np.isfinite(dead["defect"]).all()


def test_the_joined_model_follows_the_contract(tmp_path: Path) -> None:
    backbone = small_cnn(PICTURE)
    pictures = np.asarray(ROWS.pictures, np.float32)
    features = np.asarray(backbone(pictures))
    heads = head_model([DEFECT, SIDES], Scale.of(features), ROWS)
    model = join(backbone, heads)
    assert [tensor.name for tensor in model.inputs] == ["image"]
    assert model.inputs[0].shape == (None, 32, 32, 3)
    found, expected = model(pictures), answers(heads, features)
    assert list(found) == ["defect", "side"]
    assert all(np.allclose(found[name], expected[name], atol=1e-6) for name in expected)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert all(np.array_equal(loaded(pictures)[name], found[name]) for name in found)


def test_numbers_come_in_beside_the_picture(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    numbers = np.stack([random.uniform(1, 9, 40), random.choice([85255.0, 93446.0], 40)], axis=1).astype(np.float32)
    rows = replace(PRICED, features=numbers, feature_names=("area", "zipcode"))
    backbone = small_cnn(PICTURE)
    pictures = np.asarray(rows.pictures, np.float32)
    scale = Scale.of(np.asarray(backbone(pictures)))
    model = join(backbone, head_model([PRICE], scale, rows, columns=NumberColumns.of(rows, codes=["zipcode"])))
    assert set(model.input) == {"image", "features"}
    found = model({"image": pictures, "features": numbers})["price"]
    other = model({"image": pictures, "features": numbers[::-1].copy()})["price"]
    assert not np.allclose(found, other)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(loaded({"image": pictures, "features": numbers})["price"], found)


def test_the_joined_model_forgets_the_loss_of_its_heads() -> None:
    rows = replace(table(6, 0), targets=(Target("price", np.array([1, 2, 4, 8, 16, 32], np.float32)),))
    heads = head_model([PRICE], Scale.of(np.eye(6, 4, dtype=np.float32)), rows)
    heads.compile("adam", {"price": LogHuber()})
    backbone = keras.Sequential([keras.Input((8, 8, 4), name="image"), keras.layers.GlobalAveragePooling2D()])
    assert "LogHuber" in heads.to_json()
    assert "LogHuber" not in join(backbone, heads).to_json()


def test_dropout_is_inert_at_inference() -> None:
    model = end_to_end(small_cnn(PICTURE), [SIDES], ROWS)
    pictures = np.asarray(table(6, 0).pictures, np.float32)
    assert np.array_equal(model(pictures)["side"], model(pictures)["side"])
    assert not np.array_equal(model(pictures, training=True)["side"], model(pictures)["side"])
