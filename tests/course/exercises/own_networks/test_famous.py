"""A famous network applied to a data set: the right way passes, typical mistakes get the hint that fits them."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aoi_modules.tf import keras
from aoi_modules.training.measuring.metrics import auroc
from aoi_modules.training.networks.heads import Scale
from tests.course.exercises.answers import gets_hint, passes

pytestmark = pytest.mark.slow

SIDE = 64
LABELS = (np.arange(24) % 3 == 0).astype(np.int64)
TILES = np.random.default_rng(2).uniform(0, 120, (24, SIDE, SIDE, 3)).astype(np.float32)
TILES[LABELS == 1, 8:48, 8:48] += 130  # a bright patch
preprocess = keras.applications.mobilenet.preprocess_input


@functools.cache
def famous(*, pooling: str | None = "max", top: bool = False, trained: bool = True) -> keras.Model:
    keras.utils.set_random_seed(0)
    shape = (SIDE, SIDE, 3)
    made = keras.applications.MobileNet(
        input_shape=shape, alpha=0.25, include_top=top, pooling=pooling, weights=None, dropout=0
    )
    if trained:  # a memory of pictures, so small that the random weights still see something
        normalization = next(layer for layer in made.layers if hasattr(layer, "moving_mean"))
        normalization.moving_mean.assign(np.full(normalization.moving_mean.shape, 1e-6, np.float32))
    return made


def features(pictures: Any) -> Any:
    return famous().predict(pictures, verbose=0)


@functools.cache
def head(units: int = 1, activation: str = "sigmoid", loss: str = "binary_crossentropy", epochs: int = 30) -> Any:
    keras.utils.set_random_seed(0)
    known = features(preprocess(TILES.copy()))
    dense = keras.layers.Dense(units, activation=activation)
    made = keras.Sequential([keras.Input((256,)), *Scale.of(known).layers(), dense])
    made.compile(keras.optimizers.Adam(0.01), loss)
    made.fit(known, np.stack([LABELS] * units, axis=1), epochs=epochs, verbose=0)
    return made


def applied(**changes: Any) -> dict[str, Any]:
    found = features(preprocess(TILES.copy()))
    area = auroc(head().predict(found, verbose=0)[:, 0], LABELS)
    given = {"learnt": {"tiles": TILES, "labels": LABELS}, "tiles": TILES, "labels": LABELS, "weights": "here.h5"}
    return {**given, "network": famous(), "features": found, "head": head(), "auroc": area, **changes}


def test_the_right_way_passes_in_any_form() -> None:
    passes("3.5", applied())
    passes("3.5", applied(features=applied()["features"].tolist()))
    passes("3.5", applied(features=keras.ops.convert_to_tensor(applied()["features"])))
    passes("3.5", applied(auroc=round(100 * applied()["auroc"], 1)))
    passes("3.5", applied(network=famous(trained=False), features=random_features(), weights=None, auroc=random_area()))


def random_features() -> Any:
    return famous(trained=False).predict(preprocess(TILES.copy()), verbose=0)


def random_area() -> float:
    return auroc(head().predict(random_features(), verbose=0)[:, 0], LABELS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (lambda: {"network": None}, "expected one that keras.applications gave"),
        (lambda: {"network": head()}, "expected one that keras.applications gave"),
        (lambda: {"network": famous(pooling=None)}, "one number of each map"),
        (lambda: {"network": famous(top=True)}, "include_top=False"),
        (lambda: {"network": famous(trained=False)}, "its weights are random"),
        (lambda: {"tiles": TILES[:, :32, :32]}, "the tiles are (32, 32, 3)"),
        (lambda: {"features": None}, "features: found None"),
        (lambda: {"features": applied()["features"][:5]}, "expected (24, 256)"),
        (lambda: {"features": features(TILES)}, "nobody scaled"),
        (lambda: {"features": features(preprocess(preprocess(TILES.copy())))}, "scaled twice"),
        (lambda: {"features": features(keras.applications.vgg16.preprocess_input(TILES.copy()))}, "VGG and ResNet"),
        (lambda: {"features": applied()["features"][::-1]}, "in their order"),
        (lambda: {"head": None}, "expected a network of Keras"),
        (lambda: {"head": keras.Sequential([keras.Input((256,)), keras.layers.Dense(1)])}, "not compiled"),
        (lambda: {"head": head(units=2, activation="softmax")}, "one score a tile"),
        (lambda: {"head": head(loss="mean_squared_error")}, "binary cross-entropy"),
        (lambda: {"head": head(activation="softmax")}, "it wants sigmoid"),
        (lambda: {"learnt": {"tiles": TILES, "labels": 1 - LABELS}}, "even on the tiles that it learnt from"),
        (lambda: {"auroc": None}, "auroc: found None"),
        (lambda: {"auroc": 0.123}, "auroc(scores, truth)"),
    ],
)
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_a_typical_mistake_gets_its_hint(changes: Callable[[], dict[str, Any]], words: str) -> None:
    gets_hint("3.5", applied(**changes()), words)


def test_scores_outside_of_0_and_1_are_no_scores() -> None:
    made = head(activation="linear", epochs=1)
    made.layers[-1].bias.assign([50.0])
    gets_hint("3.5", applied(head=made), "sigmoid keeps them")
