"""Exercises of lesson 3, four families of networks and what they give before anybody designs one."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.fields import fields, number
from aoi_modules.training.measuring import metrics

SIDE, TAKES, GIVES, WINDOW = 28, 64, 128, 3
"""The separable block of exercise 3.1: its map's side, channels in and out, and the window of its depthwise layer."""
ORDINARY = WINDOW**2 * TAKES * GIVES
DEPTHWISE, POINTWISE = WINDOW**2 * TAKES, TAKES * GIVES
SEPARABLE = DEPTHWISE + POINTWISE


@exercise("3.1")
def separable_by_hand(answer: object) -> str:
    """Parameters and multiply-adds of a depthwise separable block, and how many times cheaper it is."""
    names = ("parameters", "multiply_adds", "times_cheaper")
    numbers = {name: number(name, value) for name, value in fields(answer, names).items()}
    _refuse_other_parameters(numbers["parameters"])
    _refuse_other_multiply_adds(numbers["multiply_adds"])
    expected, found = ORDINARY / SEPARABLE, numbers["times_cheaper"]
    if math.isclose(found, 1 / expected, rel_tol=0.01):
        raise Hint(f"times_cheaper: found {found:.3f}, the share that is left; expected how many times less, over 1")
    if not math.isclose(found, expected, rel_tol=0.01):
        raise Hint(
            f"times_cheaper: found {found:.3g}, expected the {ORDINARY} parameters of one ordinary "
            f"{WINDOW} x {WINDOW} convolution from {TAKES} to {GIVES} channels over yours"
        )
    return f"{expected:.1f} times cheaper: that is why MobileNet runs on a telephone"


def _refuse_other_parameters(found: float) -> None:
    if found == SEPARABLE:
        return
    reasons = {
        ORDINARY: "those are an ordinary convolution's; depthwise looks at each channel alone, then 1 x 1 mixes them",
        DEPTHWISE: f"that is the depthwise half; the 1 x 1 convolution from {TAKES} to {GIVES} channels is missing",
        POINTWISE: f"that is the 1 x 1 half; the depthwise {WINDOW} x {WINDOW} windows of {TAKES} channels are missing",
        SEPARABLE + 4 * (TAKES + GIVES): "that counts batch normalisation too; here only the two convolutions count",
        SEPARABLE + TAKES + GIVES: "that counts biases too; these convolutions have none",
        DEPTHWISE * GIVES + POINTWISE: f"the depthwise layer has one window a channel, so {TAKES} windows and no more",
    }
    why = reasons.get(round(found), f"one {WINDOW} x {WINDOW} window a channel, and a weight for each pair of channels")
    raise Hint(f"parameters: found {found:.0f}; {why}")


def _refuse_other_multiply_adds(found: float) -> None:
    expected = SIDE**2 * SEPARABLE
    if found == expected:
        return
    reasons = {
        SEPARABLE: f"that is one place of the map; the same weights work at all {SIDE} x {SIDE} places",
        SIDE * SEPARABLE: f"that is one row of the map; it has {SIDE} rows of {SIDE} places",
        2 * expected: "that counts multiplication and addition as two; a multiply-add is one",
        SIDE**2 * ORDINARY: "those are an ordinary convolution's",
    }
    why = reasons.get(round(found), f"each parameter is used once at each of the {SIDE} x {SIDE} places")
    raise Hint(f"multiply_adds: found {found:.0f}; {why}")


@exercise("3.2")
def backbone_in_time(answer: object) -> str:
    """The best backbone of the measured table that is fast enough."""
    given = fields(answer, ("rows", "limit_ms", "choice"))
    rows = given["rows"]
    if not isinstance(rows, Sequence) or not rows or not all(hasattr(row, "latency_ms") for row in rows):
        raise Hint(f"rows: found {kind(rows)}, expected the rows of the baseline as the cell above made them")
    limit = number("limit_ms", given["limit_ms"])
    by_label = {row.label: row for row in rows}
    choice = given["choice"]
    if not isinstance(choice, str) or choice not in by_label:
        raise Hint(f"choice: found {kind(choice)}, expected one of {'; '.join(by_label)}")
    chosen = by_label[choice]
    if chosen.latency_ms > limit:
        raise Hint(f"choice: {choice} takes {chosen.latency_ms:.1f} ms, and the limit is {limit:.1f} ms")
    best = max((row for row in rows if row.latency_ms <= limit), key=lambda row: row.auroc)
    if chosen.auroc < best.auroc:
        quicker = " (the fastest need not be the best one)" if chosen.latency_ms < best.latency_ms else ""
        raise Hint(
            f"choice: {choice} reaches an AUROC of {chosen.auroc:.3f}; another row within the limit is better{quicker}"
        )
    rivals = [row for row in rows if row.latency_ms <= limit and row is not chosen and row.auroc > chosen.auroc_low]
    nearest = max(rivals, key=lambda row: row.auroc, default=None)
    near = f"; the interval of {nearest.label} overlaps" if nearest else ""
    return f"{choice}: AUROC {chosen.auroc:.3f} in {chosen.latency_ms:.1f} of {limit:.1f} ms{near}"


@exercise("3.3")
def price_of_wrong_scaling(answer: object) -> str:
    """The AUROC of one model's scores, fed as it was built and fed with other scalings."""
    given = fields(answer, ("labels", "scores", "auroc"))
    labels = np.asarray(given["labels"], np.int64)
    scores, found = given["scores"], given["auroc"]
    if not isinstance(scores, Mapping) or not isinstance(found, Mapping) or set(scores) != set(found) or not scores:
        raise Hint(f"auroc: found {kind(found)}, expected a dict with a number for each entry of scores")
    expected = {name: metrics.auroc(np.asarray(values, np.float64), labels) for name, values in scores.items()}
    for name, right in expected.items():
        _refuse_other_area(name, number(f"auroc[{name!r}]", found[name]), right, np.asarray(scores[name]), labels)
    first, *others = expected
    worst = min(others, key=lambda name: expected[name], default=first)
    return f"as built {expected[first]:.3f}; worst with {worst!r}: {expected[worst]:.3f}, and no error was raised"


def _refuse_other_area(
    name: str, found: float, expected: float, scores: metrics.Scores, labels: metrics.Labels
) -> None:
    if math.isclose(found, expected, abs_tol=1e-6):
        return
    start = f"auroc[{name!r}]: found {found:.4f}"
    if math.isclose(found, 1 - expected, abs_tol=1e-6):
        raise Hint(
            f"{start}, the pairs the wrong way round: count those in which the DEFECTIVE one has the higher score"
        )
    pairs = scores[labels == 1][:, np.newaxis], scores[labels == 0]
    if any(
        math.isclose(found, float(np.mean(share)), abs_tol=1e-6)
        for share in (pairs[0] > pairs[1], pairs[0] >= pairs[1])
    ):
        raise Hint(f"{start}, nearly: a pair with equal scores counts one half")
    if math.isclose(found, float(np.mean((scores > 0.5) == (labels == 1))), abs_tol=1e-6):
        raise Hint(f"{start}, the accuracy at the threshold 0.5; AUROC has no threshold, it compares pairs")
    raise Hint(f"{start}, expected the share of the {int((labels == 1).sum())} x {int((labels == 0).sum())} pairs")
