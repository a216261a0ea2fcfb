"""Lesson 3: right answers pass, typical mistakes get the hint that fits them."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.course.checks import judge
from aoi_modules.tf import keras
from aoi_modules.training.measuring.metrics import auroc
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird
from tests.study.networks.test_baseline import row

BY_HAND = {"parameters": 8768, "multiply_adds": 6_874_112, "times_cheaper": 8.41}
ROWS = (
    row("slow", 90.0, 0.95, overkill=0.2),
    row("good", 20.0, 0.9),
    row("quick", 5.0, 0.8),
    row("blind", 4.0, 0.5, "random", overkill=0.5),
)
LABELS = np.arange(40) % 3 == 0
GOOD_SCORES = (np.where(LABELS, 0.7, 0.4) + np.random.default_rng(0).normal(0, 0.15, 40)).astype(np.float32)
SCORES = {"as built": GOOD_SCORES, "not scaled": np.random.default_rng(1).uniform(0, 1, 40).astype(np.float32)}
AREAS = {name: auroc(values, LABELS.astype(np.int64)) for name, values in SCORES.items()}


TILES = np.random.default_rng(2).uniform(0, 255, (40, 16, 16, 3)).astype(np.float32)
TILES[LABELS, 4:12, 4:12] = 0  # a hole


def chosen(fast: Any, slow: Any = "slow", saved: Any = 100.0, limit: Any = 50.0) -> dict[str, Any]:
    limits = {"fast line": limit, "slow line": 180.0}
    choice = {"fast line": fast, "slow line": slow}
    return {"rows": ROWS, "limits_ms": limits, "choice": choice, "saved": saved}


def network(*, scale: float = 1 / 255, units: int = 1, activation: str = "sigmoid", strides: int = 2) -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = [keras.Input((16, 16, 3)), keras.layers.Rescaling(scale)]
    layers += [keras.layers.Conv2D(8, 3, strides=strides, activation="relu", padding="same") for _ in range(2)]
    layers += [keras.layers.Flatten(), keras.layers.Dense(units, activation=activation)]
    return keras.Sequential(layers)


def learnt(model: keras.Model, loss: str = "binary_crossentropy", epochs: int = 15) -> keras.Model:
    model.compile(keras.optimizers.Adam(0.01), loss)
    truth = LABELS.astype(np.float32)
    model.fit(TILES, np.stack([truth] * model.output_shape[1], axis=1), epochs=epochs, verbose=0)
    return model


@functools.cache
def right_network() -> keras.Model:
    return learnt(network())


def own(model: Any, **changes: Any) -> dict[str, Any]:
    area = auroc(model.predict(TILES, verbose=0)[:, 0], LABELS.astype(np.int64)) if hasattr(model, "predict") else 0.0
    beats = [one.label for one in ROWS if one.auroc < area]
    learnt = {"tiles": TILES, "labels": LABELS}
    given = {
        "rows": ROWS,
        "learnt": learnt,
        "tiles": TILES,
        "labels": LABELS,
        "model": model,
        "auroc": area,
        "beats": beats,
    }
    return given | changes


def areas(found: Any) -> dict[str, Any]:
    return {"labels": LABELS, "scores": SCORES, "auroc": found}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("3.1", BY_HAND),
        ("3.1", BY_HAND | {"parameters": np.int64(8768), "times_cheaper": np.float32(8.409)}),
        ("3.1", BY_HAND | {"multiply_adds": 6.87e6}),
        ("3.2", chosen("good")),
        ("3.2", chosen("good", saved=np.float32(100))),
        ("3.2", chosen("blind, RANDOM weights", saved=300.0, limit=4.5)),
        ("3.3", areas(AREAS)),
        ("3.3", areas({name: np.float64(value) for name, value in AREAS.items()})),
        ("3.3", areas({name: round(value, 3) for name, value in AREAS.items()})),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("3.1", {"parameters": 0}, "the keys parameters, multiply_adds and times_cheaper"),
        ("3.1", BY_HAND | {"parameters": ...}, "no answer yet"),
        ("3.1", BY_HAND | {"parameters": 73728}, "an ordinary convolution's"),
        ("3.1", BY_HAND | {"parameters": 576}, "the depthwise half"),
        ("3.1", BY_HAND | {"parameters": 8192}, "the 1 x 1 half"),
        ("3.1", BY_HAND | {"parameters": 9536}, "batch normalization"),
        ("3.1", BY_HAND | {"parameters": 8960}, "biases"),
        ("3.1", BY_HAND | {"parameters": 1}, "one 3 x 3 window a channel"),
        ("3.1", BY_HAND | {"multiply_adds": 8768}, "one place of the map"),
        ("3.1", BY_HAND | {"multiply_adds": 2 * 6_874_112}, "a multiply-add is one"),
        ("3.1", BY_HAND | {"multiply_adds": 28 * 28 * 73728}, "an ordinary convolution's"),
        ("3.1", BY_HAND | {"times_cheaper": 0.119}, "the share that is left"),
        ("3.1", BY_HAND | {"times_cheaper": 9}, "channels by yours"),
        ("3.2", chosen("slow"), "fast line: slow takes 90.00 ms, and the limit is 50.00 ms"),
        ("3.2", chosen("quick"), "the fastest need not be the best"),
        (
            "3.2",
            chosen("good", slow="good"),
            "slow line: good reaches an AUROC of 0.900; another row in time is better",
        ),
        ("3.2", chosen("vgg"), "expected one of slow; good"),
        ("3.2", chosen(...), "no answer yet"),
        ("3.2", chosen("good") | {"choice": "good"}, "a label for 'fast line'"),
        ("3.2", chosen("good", limit=None), "fast line"),
        ("3.2", chosen("good") | {"rows": []}, "rows of the baseline"),
        ("3.2", chosen("good", saved=None), "saved: found None"),
        ("3.2", chosen("good", saved=-100), "the wrong way round"),
        ("3.2", chosen("good", saved=0.1), "how many parts is that of 1000"),
        ("3.2", chosen("good", saved=200), "what the slow line loses"),
        ("3.3", areas(dict.fromkeys(SCORES, 0.0)), "pairs"),
        ("3.3", areas({name: 1 - value for name, value in AREAS.items()}), "DEFECTIVE"),
        ("3.3", areas({name: np.mean((values > 0.5) == LABELS) for name, values in SCORES.items()}), "no threshold"),
        ("3.3", areas({"as built": 0.9}), "a number for each entry"),
        ("3.3", areas(0.9), "a number for each entry"),
        ("3.3", areas(dict.fromkeys(SCORES, "high")), "expected a number"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


def test_equal_scores_count_one_half() -> None:
    answer = {"labels": [0, 0, 1, 1], "scores": {"a": [0.1, 0.5, 0.5, 0.9]}}
    assert judge("3.3", answer | {"auroc": {"a": 0.875}})[0]
    for nearly in (0.75, 1.0):
        assert "one half" in judge("3.3", answer | {"auroc": {"a": nearly}})[1]


def test_a_network_of_ones_own_passes_and_is_told_the_one_to_beat() -> None:
    model = right_network()
    passed, message = judge("3.4", own(model))
    assert passed, message
    assert "thousand parameters" in message
    area = own(model)["auroc"]
    passes("3.4", own(model, auroc=round(100 * area, 1)))
    passes("3.4", own(model, beats=set(own(model)["beats"])))


def test_a_network_that_is_not_right_gets_its_hint() -> None:
    right = right_network()
    short = "expected a list of the labels"
    gets_hint("3.4", own(None), "expected a network of Keras")
    gets_hint("3.4", own(network()), "not compiled")
    gets_hint("3.4", own(right, beats=[]), short)
    gets_hint("3.4", own(right, beats=None), short)
    gets_hint("3.4", own(right, auroc=None), "auroc: found None")
    gets_hint("3.4", own(right, learnt={"tiles": TILES, "labels": ~LABELS}), "even on the tiles that it learnt from")
    gets_hint("3.4", own(right, auroc=1 - own(right)["auroc"]), "the wrong way round")
    gets_hint("3.4", own(right, tiles=np.zeros((40, 8, 8, 3), np.float32)), "the tiles are (8, 8, 3)")


@pytest.mark.parametrize(
    ("model", "loss", "words"),
    [
        (lambda: network(scale=1.0), "binary_crossentropy", "scaling is missing"),
        (lambda: network(units=2, activation="softmax"), "categorical_crossentropy", "one score a tile"),
        (lambda: network(activation="softmax"), "binary_crossentropy", "softmax over a single output"),
        (lambda: network(strides=1), "binary_crossentropy", "its maps stay wide"),
        (network, "mse", "binary cross-entropy"),
    ],
)
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_a_typical_wrong_network_gets_its_hint(model: Callable[[], keras.Model], loss: str, words: str) -> None:
    gets_hint("3.4", own(learnt(model(), loss, epochs=1)), words)


def test_scores_outside_of_0_and_1_are_no_scores() -> None:
    model = learnt(network(activation="linear"), epochs=1)
    model.layers[-1].bias.assign([5.0])
    gets_hint("3.4", own(model), "sigmoid keeps them")


def test_a_famous_network_is_none_of_ones_own() -> None:
    inner = keras.applications.MobileNet(input_shape=(32, 32, 3), alpha=0.25, include_top=False, weights=None)
    image = keras.Input((16, 16, 3))
    x = inner(keras.layers.Rescaling(1 / 255)(keras.layers.UpSampling2D()(image)))
    score = keras.layers.Dense(1, activation="sigmoid")(keras.layers.GlobalAveragePooling2D()(x))
    gets_hint("3.4", own(learnt(keras.Model(image, score), epochs=1)), "a famous network inside")


def test_praise_says_when_more_time_saves_nothing() -> None:
    assert "saves nothing" in judge("3.2", chosen("slow", saved=0.0, limit=100.0))[1]


def test_praise_says_when_the_choice_is_not_sure() -> None:
    close = (row("one", 1.0, 0.90), row("two", 2.0, 0.91))
    answer = chosen("one", "two", saved=0.0, limit=1.5) | {"rows": close}
    assert "its interval overlaps that of one" in judge("3.2", answer)[1]
    far = (row("one", 1.0, 0.70), row("two", 2.0, 0.91))
    assert "overlaps" not in judge("3.2", answer | {"rows": far})[1]


@given(
    st.sampled_from(["3.1", "3.2", "3.3", "3.4", "3.5"]),
    weird(
        ("rows", "learnt", "tiles", "labels", "model", "auroc", "beats"),
        ("learnt", "tiles", "labels", "weights", "network", "features", "head", "auroc"),
    ),
)
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
