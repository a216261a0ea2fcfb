"""Exercises of lesson 5a, Fashion-MNIST."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import Figures, expect_numbers, number, numbers
from aoi_modules.course.exercises.own_networks import fitting
from aoi_modules.course.exercises.own_networks.fitting import Network
from aoi_modules.course.fields import fields

Pair = tuple[NDArray[np.float32], NDArray[np.int64]]
"""Pictures (N, 28, 28, 1) in [0, 255], and their labels (N,)."""
LABELS = 10
SIDE = 28
MOST_WEIGHTS = 50_000
SAME_SCORE = 5e-4
"""By which a score may differ from the right one."""
AS_MUCH = 0.1
"""By so much a network is better on the wrong pictures when it learnt from those."""


@exercise("5a.1")
def recalls(answer: object) -> str:
    """The recall of each class, with the confusion matrix it comes from."""
    given = fields(answer, ("confusion", "labels", "recalls"))
    confusion, labels = np.asarray(given["confusion"], float), given["labels"]
    if confusion.shape != (LABELS, LABELS) or not isinstance(labels, Sequence) or len(labels) != LABELS:
        raise Hint("confusion, labels: leave them as they are, 10 x 10 counts and the names of ten classes")
    right, there = np.diag(confusion), np.maximum(confusion.sum(axis=1), 1)
    expected = right / there
    mistakes = (
        (np.zeros(LABELS), "0 for every class (no answer yet)"),
        (
            right / np.maximum(confusion.sum(axis=0), 1),
            "the precisions; a recall divides by the pictures that ARE of the class, a row's sum",
        ),
        (right / confusion.sum(), "shares of all pictures; divide each class by its own number of pictures"),
        (right, "counts; divide each by the number of pictures of its class, a row's sum"),
    )
    expect_numbers(
        "recalls",
        _in_order(given["recalls"], labels),
        right=expected,
        mistakes=mistakes,
        task=lambda place: f"of {there[place]:.0f} pictures of class {labels[place]}, {right[place]:.0f} were found",
        shares=True,
    )
    weakest = int(expected.argmin())
    return f"the weakest class is {labels[weakest]}: {expected[weakest]:.0%} of its pictures were found"


def _in_order(value: object, labels: Sequence[str]) -> object:
    """Recalls in the order of the labels, where they came as a dict by the names of the classes."""
    if not isinstance(value, Mapping):
        return value
    if set(value) != set(labels):
        raise Hint(f"recalls: found {kind(value)}, expected ten numbers, or a dict with the names of all ten classes")
    return [value[label] for label in labels]


@exercise("5a.2")
def wrong_part_score(answer: object) -> str:
    """The score that a part is none of the wanted class, with the probabilities it comes from."""
    given = fields(answer, ("probabilities", "bag", "score"))
    probabilities, bag = np.asarray(given["probabilities"], float), given["bag"]
    if probabilities.ndim != 2 or not isinstance(bag, int):
        raise Hint("probabilities, bag: leave them as they are, ten probabilities a picture and the number of a class")
    right = probabilities[:, bag]
    others, said = np.delete(probabilities, bag, axis=1), probabilities.argmax(axis=1)
    mistakes = (
        (np.zeros(len(right)), "0 for every picture (no answer yet)"),
        (right, "the probability of the right part; a defect score is high when the part is WRONG"),
        (others.max(axis=1), "the most probable of the other classes; any of the nine makes the part wrong"),
        (
            1 - probabilities.max(axis=1),
            "how unsure the network is of its own answer; the question is how little it says bag",
        ),
        (others.mean(axis=1), "the mean of the other nine; their probabilities add up"),
        (np.asarray(said != bag, float), "verdicts, 0 or 1; a score leaves it to a threshold to decide"),
        (np.asarray(said == bag, float), "1 for a bag; a defect score is high when the part is WRONG"),
    )
    expect_scores(
        given["score"],
        right=1 - right,
        mistakes=mistakes,
        task=lambda place: f"picture {place} is a bag with a probability of {right[place]:.3f}; what is it otherwise?",
    )
    return "ten classes became one score that a threshold can judge"


def expect_scores(
    value: object, *, right: Figures, mistakes: Iterable[tuple[Figures, str]], task: Callable[[int], str]
) -> None:
    """Lets the right scores pass: a score near 0 is a difference of two numbers near 1, so its last digits may differ.

    Arguments as `answers.expect_numbers`.
    """
    if not np.allclose(numbers("score", value, right.shape), right, atol=SAME_SCORE):
        expect_numbers("score", value, right=right, mistakes=mistakes, task=task, shares=True)


@exercise("5a.3")
def own_network(answer: object) -> str:
    """A network that the reader built, compiled and fitted, measured on pictures that it never saw."""
    given = fields(answer, ("train", "validation", "test", "least", "network"))
    tables = {name: _table(name, given[name]) for name in ("train", "validation", "test")}
    model = fitting.fitted("network", given["network"])
    _refuse_other_form(model)
    pictures, labels = tables["test"]
    least = number("least", given["least"])
    by_output = fitting.answers(model, {"image": pictures})
    fitting.refuse_wrong_class_loss(model, by_output)
    said = next(iter(by_output.values()))
    _refuse_other_scaling(model, pictures, labels, said)
    _refuse_other_validation(model, tables)
    reached = _accuracy(said, labels)
    if reached < least:
        _explain(model, tables, said, reached, least)
    return f"{reached:.1%} of {len(labels)} unseen pictures are right, with {model.count_params():,} weights"


def _table(name: str, value: object) -> Pair:
    if not isinstance(value, tuple) or len(value) != 2 or np.ndim(value[0]) != 4 or len(value[0]) != len(value[1]):
        raise Hint(f"{name}: leave it as it is, a pair of pictures and labels")
    return np.asarray(value[0], np.float32), np.asarray(value[1], np.int64)


def _refuse_other_form(model: Network) -> None:
    taken, given = [tuple(one.shape) for one in model.inputs], [tuple(one.shape) for one in model.outputs]
    if taken not in ([(None, SIDE, SIDE, 1)], [(None, SIDE, SIDE)]):
        raise Hint(f"network: its input has the shape {taken}, expected (None, {SIDE}, {SIDE}, 1), gray pictures")
    if given == [(None, 1)]:
        raise Hint(
            "network: it gives one number a picture; give ten, one for each class: the number of a class is no quantity"
        )
    if given != [(None, LABELS)]:
        raise Hint(f"network: its output has the shape {given}, expected (None, {LABELS}), a number for each class")
    fitting.refuse_too_many_weights(model, MOST_WEIGHTS)


def _refuse_other_scaling(
    model: Network, pictures: NDArray[np.float32], labels: NDArray[np.int64], said: Figures
) -> None:
    outside = _accuracy(_answers(model, pictures / 255), labels)
    if outside > _accuracy(said, labels) + AS_MUCH:
        raise Hint(
            f"scaling is outside the network: {outside:.0%} of the pictures are right when they are divided by 255, "
            f"{_accuracy(said, labels):.0%} as a camera gives them; make Rescaling(1 / 255) its first layer"
        )
    fitting.refuse_raw_numbers(model, {"image": pictures[:100]})


def _refuse_other_validation(model: Network, tables: Mapping[str, Pair]) -> None:
    losses = np.asarray(fitting.histories(model).get("val_loss", ()))
    if not len(losses):
        raise Hint("network: `fit` was given no validation_data, so nobody saw whether it learns by heart")
    found = {
        name: fitting.cross_entropy(_answers(model, tables[name][0]), tables[name][1])
        for name in ("train", "validation")
    }
    near = {name: bool(np.isclose(losses, value, rtol=0.005).any()) for name, value in found.items()}
    if near["train"] and not near["validation"]:
        raise Hint(
            "network: validation_data were the training pictures, so the validation loss is an exam with known "
            "questions; give the validation pictures"
        )


def _explain(model: Network, tables: Mapping[str, Pair], said: Figures, reached: float, least: float) -> None:
    """Says why a network falls short."""
    short = f"network: {reached:.1%} of the unseen pictures are right, at least {least:.0%} are asked;"
    most = np.bincount(said.argmax(axis=1), minlength=LABELS).max() / len(said)
    if most > 0.9:
        raise Hint(f"{short} it gives nearly all of them the same class: try a smaller learning rate, such as 1e-3")
    known = _accuracy(_answers(model, tables["train"][0]), tables["train"][1])
    if known > reached + AS_MUCH:
        raise Hint(f"{short} of the training pictures {known:.1%}: it learns by heart; fewer weights, or fewer epochs")
    raise Hint(f"{short} of the training pictures only {known:.1%}: more epochs, or one more convolution")


def _answers(model: Network, pictures: NDArray[Any]) -> Figures:
    return next(iter(fitting.answers(model, {"image": pictures}).values()))


def _accuracy(said: Figures, labels: NDArray[np.int64]) -> float:
    return float(np.mean(said.argmax(axis=1) == labels))
