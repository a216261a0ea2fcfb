"""Fitting learns, says how it goes, and repeats itself."""

import keras
import numpy as np

from aoi_modules.training.backbones import small_cnn
from aoi_modules.training.fit import LINES, balance, fit_features, fit_pictures
from aoi_modules.training.heads import feature_head, output_layer
from tests.training.small import DEFECT, PICTURE, SIDES, split


def learn_sides(log: list[str]) -> tuple[keras.Model, dict[str, list[float]]]:
    keras.utils.set_random_seed(0)
    backbone = small_cnn(PICTURE)
    model = keras.Model(backbone.inputs[0], output_layer(SIDES)(backbone.outputs[0]))
    history = fit_pictures(model, SIDES, split(SIDES), PICTURE, epochs=4, batch_size=16, log=log.append)
    return model, history


def test_pictures_are_learnt_and_each_epoch_has_a_line() -> None:
    lines: list[str] = []
    _, history = learn_sides(lines)
    assert history["validation_accuracy"][-1] > 0.9
    assert {len(values) for values in history.values()} == {4}
    assert [line.split(":")[0] for line in lines] == [f"epoch {i}/4" for i in range(1, 5)]


def test_the_same_seed_learns_the_same() -> None:
    first, second = learn_sides([]), learn_sides([])
    assert first[1] == second[1]
    for a, b in zip(first[0].weights, second[0].weights, strict=True):
        assert np.array_equal(a, b)


def test_features_are_learnt_although_defects_are_rare() -> None:
    random = np.random.default_rng(0)
    labels = (np.arange(400) % 20 == 0).astype(np.int64)
    values = random.normal(0, 1, (400, 5)).astype(np.float32)
    values[:, 2] += 3 * labels
    keras.utils.set_random_seed(0)
    model = feature_head(DEFECT, values, l2=0.01)
    lines: list[str] = []
    fit_features(model, DEFECT, (values, labels), (values, labels), epochs=25, learning_rate=0.01, log=lines.append)
    scores = model(values).numpy()[:, 0]
    assert np.mean(scores[labels == 1] > 0.5) > 0.8
    assert np.mean(scores[labels == 0] > 0.5) < 0.2
    assert len(lines) <= LINES + 3
    assert lines[-1].startswith("epoch 25/25")


def test_balance_makes_labels_count_the_same() -> None:
    labels = np.array([0, 0, 0, 1], np.int64)
    weights = balance(labels)
    assert weights[0] * 3 == weights[1] * 1
    assert balance(np.array([1, 1], np.int64)) == {1: 1.0}
