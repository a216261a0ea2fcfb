"""Exercises of lesson 5b, one model with two outputs."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.fields import fields, number, refuse_known
from aoi_modules.training.measuring.metrics import Figures


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
    found, expected = number("joint", given["joint"]), float(np.mean(right["category"] & right["colour"]))
    if math.isclose(found, expected, abs_tol=1e-6):
        return f"{expected:.1%} of the pictures are right in both: that is what a line would see"
    _refuse_other_joint(found, right["category"], right["colour"])
    raise Hint(f"joint: found {found:.4f}; count the pictures whose category AND colour are right")


def _refuse_other_joint(found: float, category: NDArray[np.bool_], colour: NDArray[np.bool_]) -> None:
    each = float(category.mean()), float(colour.mean())
    reasons = (
        (each[0] * each[1], "the product; it is right only if the heads' mistakes have nothing to do with each other"),
        ((each[0] + each[1]) / 2, "the mean of both; a picture that is right in one only is not right"),
        (float(np.mean(category | colour)), "the pictures that are right in one of the two; both have to be"),
        (each[0], "the accuracy of the category alone"),
        (each[1], "the accuracy of the colour alone"),
    )
    refuse_known("joint", found, reasons)


@exercise("5b.2")
def wrong_pair_score(answer: object) -> str:
    """The score that a part is no red bag, from the probabilities of both heads."""
    given = fields(answer, ("category", "colour", "bag", "red", "score"))
    bag = _column("category", given["category"], given["bag"])
    red = _column("colour", given["colour"], given["red"])
    score = np.asarray(given["score"], float)
    if score.shape != bag.shape:
        raise Hint(f"score: found the shape {score.shape}, expected ({len(bag)},): one number a picture")
    expected = 1 - bag * red
    if np.allclose(score, expected, atol=1e-6):
        return "two answers became one score: low only when it is a bag and red"
    reasons = (
        (bag * red, "the probability of the RIGHT part; a defect score is high when the part is wrong"),
        (1 - bag, "the category alone; a blue bag would pass"),
        (1 - red, "the colour alone; a red shoe would pass"),
        ((1 - bag) * (1 - red), "that is high only if BOTH are wrong; one wrong answer is enough"),
        ((1 - bag) + (1 - red), "a sum of probabilities, which may exceed 1"),
        (np.maximum(1 - bag, 1 - red), "the worse of the two; take both as independent: p(bag) * p(red) is right"),
    )
    for values, why in reasons:
        if np.allclose(score, values, atol=1e-6):
            raise Hint(f"score: {why}")
    first = int(np.abs(score - expected).argmax())
    raise Hint(
        f"score: picture {first} has {score[first]:.3f}, but it is a bag with {bag[first]:.3f} and red with "
        f"{red[first]:.3f}"
    )


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
