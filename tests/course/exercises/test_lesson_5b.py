"""Lesson 5b: right answers pass, typical mistakes get the hint that fits them, weird ones a sentence."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.datasets.fashion_mnist import stand_in
from aoi_modules.datasets.fashion_mnist.colours import tint
from aoi_modules.tf import keras
from tests.course.exercises.answers import gets_a_sentence, gets_hint, passes, weird

RANDOM = np.random.default_rng(0)
CATEGORY, COLOUR = RANDOM.dirichlet(np.full(10, 0.2), 40), RANDOM.dirichlet(np.full(3, 0.2), 40)
TRUTH = {"category": CATEGORY.argmax(axis=1), "colour": COLOUR.argmax(axis=1)}
TRUTH = {name: np.where(RANDOM.random(40) < 0.7, labels, (labels + 1) % 3) for name, labels in TRUTH.items()}
RIGHT = {"category": TRUTH["category"] == CATEGORY.argmax(axis=1), "colour": TRUTH["colour"] == COLOUR.argmax(axis=1)}
BAG, RED = CATEGORY[:, 8], COLOUR[:, 0]


def joint(value: Any) -> dict[str, Any]:
    return {"category": CATEGORY, "colour": COLOUR, "truth": TRUTH, "joint": value}


def red_bags(score: Any) -> dict[str, Any]:
    return {"category": CATEGORY, "colour": COLOUR, "bag": 8, "red": 0, "score": score}


@pytest.mark.parametrize(
    ("check_id", "answer"),
    [
        ("5b.1", joint(np.mean(RIGHT["category"] & RIGHT["colour"]))),
        ("5b.1", joint(float(np.mean(RIGHT["category"] & RIGHT["colour"])))),
        ("5b.1", joint(100 * np.mean(RIGHT["category"] & RIGHT["colour"]))),
        ("5b.1", joint(np.float32(np.mean(RIGHT["category"] & RIGHT["colour"])))),
        ("5b.2", red_bags(1 - BAG * RED)),
        ("5b.2", red_bags((1 - BAG * RED).tolist())),
        ("5b.2", red_bags((1 - BAG * RED).round(3))),
        ("5b.2", red_bags(100 * (1 - BAG * RED))),
        ("5b.2", red_bags(1 - BAG.astype(np.float32) * RED.astype(np.float32))),
    ],
)
def test_a_right_answer_passes(check_id: str, answer: object) -> None:
    passes(check_id, answer)


@pytest.mark.parametrize(
    ("check_id", "answer", "words"),
    [
        ("5b.1", joint(None), "no answer yet"),
        ("5b.1", joint(RIGHT["category"].mean() * RIGHT["colour"].mean()), "the product"),
        ("5b.1", joint((RIGHT["category"].mean() + RIGHT["colour"].mean()) / 2), "the mean of both"),
        ("5b.1", joint(np.mean(RIGHT["category"] | RIGHT["colour"])), "one of the two"),
        ("5b.1", joint(np.sum(RIGHT["category"] & RIGHT["colour"])), "a count"),
        ("5b.1", joint(RIGHT["category"].mean()), "category alone"),
        ("5b.1", joint(RIGHT["colour"].mean()), "colour alone"),
        ("5b.1", joint(0.5), "category AND colour"),
        ("5b.1", {**joint(0.5), "truth": 3}, "leave it as it is"),
        ("5b.1", {**joint(0.5), "category": CATEGORY[:, 0]}, "as the model gave them"),
        ("5b.2", red_bags(BAG * RED), "RIGHT part"),
        ("5b.2", red_bags(1 - BAG), "a blue bag"),
        ("5b.2", red_bags(1 - RED), "a red shoe"),
        ("5b.2", red_bags((1 - BAG) * (1 - RED)), "only if BOTH"),
        ("5b.2", red_bags(2 - BAG - RED), "exceed 1"),
        ("5b.2", red_bags(np.maximum(1 - BAG, 1 - RED)), "the worse of the two"),
        ("5b.2", red_bags(1 - (BAG + RED) / 2), "the mean of both"),
        ("5b.2", red_bags(np.zeros(40)), "no answer yet"),
        ("5b.2", red_bags(np.full(40, 0.3)), "both at once"),
        ("5b.2", red_bags(np.zeros(3)), "expected (40,)"),
        ("5b.2", {**red_bags(BAG), "bag": "Bag"}, "number of a label"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check_id: str, answer: object, words: str) -> None:
    gets_hint(check_id, answer, words)


Pairs = dict[str, tuple[Any, dict[str, Any]]]
SPARSE = "sparse_categorical_crossentropy"


@pytest.fixture(scope="module")
def tables() -> Pairs:
    return {"train": _coloured(2000, 1), "test": _coloured(500, 2)}


def _coloured(count: int, seed: int) -> tuple[Any, dict[str, Any]]:
    gray, category = stand_in.draw(count, seed)
    colour = np.random.default_rng(seed).integers(0, 3, count)
    return tint(gray, colour).astype(np.float32), {"category": category, "colour": colour}


def two_heads(
    *,
    names: tuple[str, str] = ("category", "colour"),
    form: Callable[[dict[str, Any]], Any] = dict,
    units: tuple[int, int] = (10, 3),
    channels: int = 3,
    last: str | None = "softmax",
    scaling: bool = True,
    dense: int = 0,
    trunks: int = 1,
) -> Any:
    image = keras.Input((28, 28, channels), name="image")
    tops = [_trunk(image, scaling, dense) for _ in range(trunks)]
    outputs = {
        name: keras.layers.Dense(width, activation=last, name=name)(tops[place % trunks])
        for place, (name, width) in enumerate(zip(names, units, strict=True))
    }
    return keras.Model(image, form(outputs))


def _trunk(x: Any, scaling: bool, dense: int) -> Any:
    x = keras.layers.Rescaling(1 / 255)(x) if scaling else x
    for filters in (16, 32):
        x = keras.layers.Conv2D(filters, 3, strides=2, activation="relu")(x)
    x = keras.layers.Flatten()(x)
    return keras.layers.Dense(dense)(x) if dense else x


def fitted(
    tables: Pairs,
    model: Any,
    *,
    loss: Any = SPARSE,
    weights: Any = None,
    labels: Callable[[dict[str, Any]], Any] = dict,
    epochs: int = 1,
    count: int = 200,
    rate: float = 2e-3,
) -> Any:
    """The network after a fit to some of the training pictures, gray where it wants them."""
    keras.utils.set_random_seed(0)
    model.compile(keras.optimizers.Adam(rate), loss, loss_weights=weights)
    pictures, truth = tables["train"]
    pictures = pictures[:count, ..., : model.inputs[0].shape[-1]]
    taken = {name: values[:count] for name, values in truth.items()}
    model.fit(pictures, labels(taken), epochs=epochs, batch_size=32, verbose=0)
    return model


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (two_heads, {}),
        (lambda: two_heads(form=lambda outputs: list(outputs.values())), {"labels": lambda one: list(one.values())}),
    ],
)
def test_two_outputs_of_ones_own_pass(tables: Pairs, build: Callable[[], Any], arguments: dict[str, Any]) -> None:
    passes("5b.3", {**tables, "network": fitted(tables, build(), epochs=8, count=2000, **arguments)})


def _only(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """One label for both outputs."""
    return lambda one: {"category": one[name], "colour": one[name]}


@pytest.mark.parametrize(
    ("build", "arguments", "words"),
    [
        (lambda: two_heads(channels=1), {}, "one channel is gray"),
        (lambda: two_heads(channels=2), {}, "pictures in colour"),
        (
            lambda: two_heads(names=("kind", "dye")),
            {"labels": lambda one: {"kind": one["category"], "dye": one["colour"]}},
            "called kind, dye",
        ),
        (
            lambda: two_heads(units=(10, 10)),
            {"labels": _only("category"), "epochs": 8, "count": 2000},
            "it answers the category: each output needs labels of its own",
        ),
        (
            two_heads,
            {"labels": _only("colour"), "epochs": 2, "count": 1000},
            "it answers the colour: each output needs labels of its own",
        ),
        (lambda: two_heads(units=(10, 4)), {}, "expected (None, 3)"),
        (lambda: two_heads(dense=64), {}, "more than 30,000"),
        (lambda: two_heads(trunks=2), {}, "two networks side by side"),
        (lambda: two_heads(last=None), {}, "gives logits"),
        (two_heads, {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}, "softmax twice"),
        (two_heads, {"loss": {"category": SPARSE}, "labels": lambda one: {"category": one["category"]}}, "has no loss"),
        (lambda: two_heads(scaling=False), {}, "scaling is missing"),
        (two_heads, {}, "more epochs"),
        (
            two_heads,
            {
                "loss": {"category": SPARSE, "colour": SPARSE},
                "weights": {"category": 1.0, "colour": 0.0},
                "epochs": 8,
                "count": 2000,
            },
            "what are its loss weight and its labels",
        ),
    ],
)
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*from_logits:UserWarning", "ignore:Gradients do not exist:UserWarning")
def test_a_wrong_build_is_known_by_what_it_does(
    tables: Pairs, build: Callable[[], Any], arguments: dict[str, Any], words: str
) -> None:
    gets_hint("5b.3", {**tables, "network": fitted(tables, build(), **arguments)}, words)


def test_what_is_no_network_gets_a_hint(tables: Pairs) -> None:
    gets_hint("5b.3", {**tables, "network": None}, "no answer yet")
    gets_hint("5b.3", {**tables, "test": 3, "network": None}, "leave it as it is")


KEYS = [
    ("category", "colour", "truth", "joint"),
    ("category", "colour", "bag", "red", "score"),
    ("train", "test", "network"),
]


@given(st.sampled_from(["5b.1", "5b.2", "5b.3"]), weird(*KEYS))
@settings(deadline=None)
def test_a_weird_answer_gets_a_sentence(check_id: str, answer: object) -> None:
    gets_a_sentence(check_id, answer)
