"""Lesson 5a: right answers pass, typical mistakes get the hint that fits them. Networks are really fitted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.course.exercises.lesson_5a import MOST_WEIGHTS
from aoi_modules.datasets.fashion_mnist import LABEL_NAMES, stand_in
from aoi_modules.tf import keras
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

CONFUSION = np.array([[4 + (row == column) * 30 for column in range(10)] for row in range(10)])
CONFUSION[0, 1] = 26
RECALLS = np.diag(CONFUSION) / CONFUSION.sum(axis=1)
PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(10), 20)
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy


def weakest(recalls: Any, **changes: Any) -> dict[str, Any]:
    return {"confusion": CONFUSION, "labels": LABEL_NAMES, "recalls": recalls, **changes}


def bags(score: Any) -> dict[str, Any]:
    return {"probabilities": PROBABILITIES, "bag": 8, "score": score}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("5a.1", weakest(RECALLS)),
        ("5a.1", weakest(RECALLS.round(3).tolist())),
        ("5a.1", weakest(100 * RECALLS)),
        ("5a.1", weakest(keras.ops.convert_to_tensor(RECALLS))),
        ("5a.1", weakest(dict(zip(reversed(LABEL_NAMES), RECALLS[::-1], strict=True)))),
        ("5a.2", bags(1 - PROBABILITIES[:, 8])),
        ("5a.2", bags((1 - PROBABILITIES[:, 8]).round(3).tolist())),
        ("5a.2", bags(np.delete(PROBABILITIES, 8, axis=1).astype(np.float32).sum(axis=1))),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("5a.1", None, "no answer yet"),
        ("5a.1", weakest(np.zeros(10)), "no answer yet"),
        ("5a.1", weakest(RECALLS + 0.1), "of class"),
        ("5a.1", weakest(np.diag(CONFUSION) / CONFUSION.sum(axis=0)), "precisions"),
        ("5a.1", weakest(np.diag(CONFUSION) / CONFUSION.sum()), "shares of all"),
        ("5a.1", weakest(np.diag(CONFUSION)), "counts"),
        ("5a.1", weakest({"Bag": 0.9}), "all ten classes"),
        ("5a.1", weakest(RECALLS, confusion=CONFUSION[:3]), "leave them as they are"),
        ("5a.2", bags(PROBABILITIES[:, 8]), "high when the part is WRONG"),
        ("5a.2", bags(1 - PROBABILITIES), "expected (20,)"),
        ("5a.2", bags(np.zeros(20)), "no answer yet"),
        ("5a.2", bags(np.delete(PROBABILITIES, 8, axis=1).max(axis=1)), "any of the nine"),
        ("5a.2", bags(np.delete(PROBABILITIES, 8, axis=1).mean(axis=1)), "add up"),
        ("5a.2", bags(PROBABILITIES.argmax(axis=1) != 8), "expected numbers"),
        ("5a.2", bags((PROBABILITIES.argmax(axis=1) != 8).astype(int)), "verdicts"),
        ("5a.2", bags((PROBABILITIES.argmax(axis=1) == 8).astype(int)), "WRONG"),
        ("5a.2", bags(1 - PROBABILITIES.max(axis=1)), "how unsure"),
        ("5a.2", bags(np.full(20, 0.3)), "is a bag with a probability of"),
        ("5a.2", {**bags(1), "bag": None}, "leave them as they are"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


Pairs = dict[str, tuple[Any, Any]]


@pytest.fixture(scope="module")
def tables() -> Pairs:
    sizes = {"train": (2000, 1), "validation": (300, 2), "test": (500, 3)}
    drawn = {name: stand_in.draw(count, seed) for name, (count, seed) in sizes.items()}
    return {name: (pictures.astype(np.float32), labels) for name, (pictures, labels) in drawn.items()}


def asked(tables: Pairs, network: Any, least: float = 0.8) -> dict[str, Any]:
    return {**tables, "least": least, "network": network}


def layers(*, scaling: bool = True, units: int = 10, last: str | None = "softmax", dense: int = 0) -> list[Any]:
    return [
        keras.Input((28, 28, 1)),
        *([keras.layers.Rescaling(1 / 255)] if scaling else []),
        keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
        keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
        keras.layers.Flatten(),
        *([keras.layers.Dense(dense)] if dense else []),
        keras.layers.Dense(units, activation=last),
    ]


def fitted(
    tables: Pairs,
    model: Any,
    loss: Any = "sparse_categorical_crossentropy",
    *,
    rate: float = 2e-3,
    epochs: int = 1,
    count: int = 200,
    validation: str = "validation",
    change: Callable[[Any], Any] = lambda pictures: pictures,
    labels: Callable[[Any], Any] = lambda labels: labels,
) -> Any:
    """The network after a fit to some of the training pictures."""
    keras.utils.set_random_seed(0)
    model.compile(keras.optimizers.Adam(rate), loss)
    pairs = {name: (change(pictures), labels(truth)) for name, (pictures, truth) in tables.items()}
    pictures, truth = pairs["train"]
    checked = pairs.get(validation)
    model.fit(pictures[:count], truth[:count], epochs=epochs, batch_size=32, validation_data=checked, verbose=0)
    return model


def one_hot(labels: Any) -> Any:
    return np.eye(10)[labels]


def named() -> Any:
    image, *rest = layers(last=None)
    x = image
    for layer in rest:
        x = layer(x)
    return keras.Model(image, {"category": x})


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (lambda: keras.Sequential(layers()), {}),
        (lambda: keras.Sequential(layers()), {"loss": "categorical_crossentropy", "labels": one_hot}),
        (named, {"loss": {"category": CROSS_ENTROPY(from_logits=True)}}),
    ],
)
def test_a_network_of_ones_own_passes(tables: Pairs, build: Callable[[], Any], arguments: dict[str, Any]) -> None:
    # The drawn garments are harder to tell apart than real ones, and these are few.
    passes("5a.3", asked(tables, fitted(tables, build(), epochs=8, count=2000, **arguments), least=0.65))


@pytest.mark.parametrize(
    ("build", "arguments", "words"),
    [
        (lambda: keras.Sequential(layers(last=None)), {}, "gives logits"),
        (lambda: keras.Sequential(layers()), {"loss": CROSS_ENTROPY(from_logits=True)}, "softmax twice"),
        (lambda: keras.Sequential(layers(last="sigmoid")), {}, "softmax"),
        (lambda: keras.Sequential(layers()), {"loss": "mse", "labels": one_hot}, "no quantity"),
        (lambda: keras.Sequential(layers(units=1, last=None)), {"loss": "mse"}, "the number of a class is no quantity"),
        (lambda: keras.Sequential(layers(units=11)), {}, "expected (None, 10)"),
        (lambda: keras.Sequential(layers(dense=64)), {}, f"more than {MOST_WEIGHTS:,}"),
        (lambda: keras.Sequential(layers(scaling=False)), {}, "scaling is missing"),
        (lambda: keras.Sequential(layers(scaling=False)), {"change": lambda pictures: pictures / 255}, "scaling is"),
        (lambda: keras.Sequential(layers()), {"validation": "nothing"}, "no validation_data"),
        (lambda: keras.Sequential(layers()), {"validation": "train", "count": 2000}, "exam with known questions"),
        (lambda: keras.Sequential(layers()), {}, "more epochs"),
        (lambda: keras.Sequential(layers()), {"rate": 5.0}, "rate"),
        (lambda: keras.Sequential(layers()), {"epochs": 8, "count": 2000}, "learns by heart"),
    ],
)
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*from_logits:UserWarning")
def test_a_wrong_build_is_known_by_what_it_does(
    tables: Pairs, build: Callable[[], Any], arguments: dict[str, Any], words: str
) -> None:
    gets_hint("5a.3", asked(tables, fitted(tables, build(), **arguments)), words)


def test_what_is_no_network_for_these_pictures_gets_a_hint(tables: Pairs) -> None:
    gets_hint("5a.3", asked(tables, None), "no answer yet")
    gets_hint("5a.3", {**asked(tables, None), "test": None}, "leave it as it is")
    coloured = keras.Sequential([keras.Input((28, 28, 3)), keras.layers.Flatten(), keras.layers.Dense(10)])
    coloured.compile("adam", "mse")
    coloured.fit(np.zeros((1, 28, 28, 3)), np.zeros((1, 10)), verbose=0)
    gets_hint("5a.3", asked(tables, coloured), "gray pictures")


FORMS = [
    ("confusion", "labels", "recalls"),
    ("probabilities", "bag", "score"),
    ("train", "validation", "test", "least", "network"),
]


@given(st.sampled_from(["5a.1", "5a.2", "5a.3"]), weird(*FORMS))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
