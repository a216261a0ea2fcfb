"""Exercises of lesson 5b, one model with two outputs."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import Figures, expect_share
from aoi_modules.course.exercises.lesson_5a import expect_scores
from aoi_modules.course.exercises.own_networks import fitting
from aoi_modules.course.exercises.own_networks.fitting import Network
from aoi_modules.course.fields import fields

LABELS = {"category": 10, "colour": 3}
MOST_WEIGHTS = 30_000
LEAST = {"category": 0.70, "colour": 0.95}
"""Share of the unseen pictures that each output of the reader's network has to get right."""


@exercise("5b.1")
def joint_accuracy(answer: object) -> str:
    """The share of the pictures whose category and colour are both right, from the answers of both heads."""
    given = fields(answer, ("category", "colour", "truth", "joint"))
    truth = given["truth"]
    if not isinstance(truth, Mapping) or set(truth) != {"category", "colour"}:
        raise Hint("truth: leave it as it is, a dict with the labels of category and colour")
    right = {
        name: _table(name, given[name]).argmax(axis=1) == np.asarray(truth[name]) for name in ("category", "colour")
    }
    category, colour = right["category"], right["colour"]
    each = float(category.mean()), float(colour.mean())
    mistakes = (
        (
            each[0] * each[1],
            "the product; it is right only if the heads' mistakes have nothing to do with each other",
        ),
        ((each[0] + each[1]) / 2, "the mean of both; a picture that is right in one only is not right"),
        (float(np.mean(category | colour)), "the pictures that are right in one of the two; both have to be"),
        (float(np.sum(category & colour)), "a count; divide it by the number of pictures"),
        (each[0], "the accuracy of the category alone"),
        (each[1], "the accuracy of the colour alone"),
    )
    expected = float(np.mean(category & colour))
    task = "count the pictures whose category AND colour are right"
    expect_share("joint", given["joint"], right=expected, mistakes=mistakes, task=task)
    return f"{expected:.1%} of the pictures are right in both: that is what a line would see"


@exercise("5b.2")
def wrong_pair_score(answer: object) -> str:
    """The score that a part is no red bag, from the probabilities of both heads."""
    given = fields(answer, ("category", "colour", "bag", "red", "score"))
    bag = _column("category", given["category"], given["bag"])
    red = _column("colour", given["colour"], given["red"])
    mistakes = (
        (np.zeros(len(bag)), "0 for every picture (no answer yet)"),
        (bag * red, "the probability of the RIGHT part; a defect score is high when the part is wrong"),
        (1 - bag, "the category alone; a blue bag would pass"),
        (1 - red, "the colour alone; a red shoe would pass"),
        ((1 - bag) * (1 - red), "a product that is high only if BOTH are wrong; one wrong answer is enough"),
        ((1 - bag) + (1 - red), "a sum of probabilities, which may exceed 1"),
        (np.maximum(1 - bag, 1 - red), "the worse of the two; take both as independent: p(bag) * p(red) is right"),
        (1 - (bag + red) / 2, "one less the mean of both; a part that is right in one only would be half right"),
    )
    expect_scores(
        given["score"],
        right=1 - bag * red,
        mistakes=mistakes,
        task=lambda place: (
            f"picture {place} is a bag with {bag[place]:.3f} and red with {red[place]:.3f}; both at once?"
        ),
    )
    return "two answers became one score: low only when it is a bag and red"


@exercise("5b.3")
def own_heads(answer: object) -> str:
    """A network with two outputs that the reader built, compiled and fitted, measured on pictures it never saw."""
    given = fields(answer, ("train", "test", "network"))
    pictures, truth = _labelled("test", given["test"])
    model = fitting.fitted("network", given["network"])
    _refuse_other_input(model)
    said = fitting.answers(model, {"image": pictures})
    _refuse_other_outputs(said, truth)
    fitting.refuse_too_many_weights(model, MOST_WEIGHTS)
    fitting.refuse_wrong_class_loss(model, said)
    fitting.refuse_raw_numbers(model, {"image": pictures[:100]})
    if not fitting.shared_layers(model, "category", "colour"):
        raise Hint("network: its outputs share no layer with weights: two networks side by side, at twice the price")
    reached = {name: float(np.mean(said[name].argmax(axis=1) == truth[name])) for name in LEAST}
    for name, least in LEAST.items():
        if reached[name] < least:
            _explain(name, said, truth, reached)
    figures = ", ".join(f"{name} {value:.1%}" for name, value in reached.items())
    return f"one look, two answers; right on {len(pictures)} unseen pictures: {figures}"


def _labelled(name: str, value: object) -> tuple[NDArray[np.float32], dict[str, NDArray[np.int64]]]:
    if (
        not isinstance(value, tuple)
        or len(value) != 2
        or not isinstance(value[1], Mapping)
        or set(value[1]) != set(LEAST)
    ):
        raise Hint(f"{name}: leave it as it is, a pair of pictures and a dict with the labels of category and colour")
    return np.asarray(value[0], np.float32), {head: np.asarray(labels, np.int64) for head, labels in value[1].items()}


def _refuse_other_input(model: Network) -> None:
    taken = [tuple(one.shape) for one in model.inputs]
    if taken and len(taken) == 1 and taken[0][-1] == 1:
        raise Hint(
            f"network: its input has the shape {taken[0]}: one channel is gray, and gray pictures have no colour"
        )
    if taken != [(None, 28, 28, 3)]:
        raise Hint(f"network: its input has the shape {taken}, expected (None, 28, 28, 3), pictures in colour")


def _refuse_other_outputs(said: Mapping[str, Figures], truth: Mapping[str, NDArray[np.int64]]) -> None:
    if set(said) != set(LEAST):
        raise Hint(
            f"network: its outputs are called {', '.join(said)}, expected category and colour; make them a dict: "
            'keras.Model(image, {"category": ..., "colour": ...})'
        )
    same = said["category"].shape == said["colour"].shape
    for name, other in (("colour", "category"), ("category", "colour")):
        found, expected = said[name].shape[1:], (LABELS[name],)
        if found != expected:
            agrees = same and np.mean(said[name].argmax(axis=1) == truth[other]) > 0.5
            why = f"; it answers the {other}: each output needs labels of its own" if agrees else ""
            raise Hint(
                f"{name}: found the shape (None, {found[0]}), expected (None, {expected[0]}), one for each label{why}"
            )


def _explain(
    name: str, said: Mapping[str, Figures], truth: Mapping[str, NDArray[np.int64]], reached: Mapping[str, float]
) -> None:
    """Says why an output falls short."""
    other = "colour" if name == "category" else "category"
    short = f"{name}: {reached[name]:.1%} of the unseen pictures are right, at least {LEAST[name]:.0%} are asked"
    if np.mean(said[name].argmax(axis=1) == truth[other]) > max(0.8, reached[name]):
        raise Hint(f"{short}; it answers the {other}: each output needs labels of its own")
    if reached[name] < 1.5 / LABELS[name] and reached[other] >= LEAST[other]:
        raise Hint(f"{short}; it guesses, and the {other} does not: what are its loss weight and its labels?")
    raise Hint(f"{short}; more epochs, or another learning rate")


def _table(name: str, values: object) -> Figures:
    table = np.asarray(values, float)
    if table.ndim != 2:
        raise Hint(f"{name}: found {kind(values)}, expected the probabilities as the model gave them")
    return table


def _column(name: str, values: object, place: object) -> Figures:
    if not isinstance(place, int):
        raise Hint(f"{name}: found the position {kind(place)}, expected the number of a label")
    column: Figures = _table(name, values)[:, place]
    return column
