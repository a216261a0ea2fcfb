"""Exercises of lesson 3, four families of networks and what they give before anybody designs one."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import Mistakes, expect_count, expect_number, expect_share, number
from aoi_modules.course.exercises.own_networks import famous
from aoi_modules.course.exercises.own_networks.fitting import Network, answers, fitted, loss_of, refuse_raw_numbers
from aoi_modules.course.fields import fields
from aoi_modules.study.networks.time_limits import FAST, SLOW
from aoi_modules.training.measuring import metrics

Row = Any
"""A row of the baseline; its module needs Keras, and a check is there without it."""

SIDE, TAKES, GIVES, WINDOW = 28, 64, 128, 3
"""The separable block of exercise 3.1: its map's side, channels in and out, and the window of its depthwise layer."""
ORDINARY = WINDOW**2 * TAKES * GIVES
DEPTHWISE, POINTWISE = WINDOW**2 * TAKES, TAKES * GIVES
SEPARABLE = DEPTHWISE + POINTWISE
MANY_LAYERS = 20
"""A network inside a network with more layers than this is a famous one."""
LEAST_AUROC = 0.7
"""Of one's own network on the tiles that it learnt from. On new tiles few pictures may not suffice, and that is no
mistake."""
LOSSES = ("binarycrossentropy", "binaryfocalcrossentropy")


@exercise("3.1")
def separable_by_hand(answer: object) -> str:
    """Parameters and multiply-adds of a depthwise separable block, and how many times cheaper it is."""
    given = fields(answer, ("parameters", "multiply_adds", "times_cheaper"))
    expect_count(
        "parameters",
        given["parameters"],
        right=SEPARABLE,
        mistakes=_other_parameters(),
        task=f"one {WINDOW} x {WINDOW} window a channel, and a weight for each pair of channels",
    )
    expect_number(
        "multiply_adds",
        given["multiply_adds"],
        right=SIDE**2 * SEPARABLE,
        mistakes=_other_multiply_adds(),
        task=f"each parameter is used once at each of the {SIDE} x {SIDE} places",
    )
    expected = ORDINARY / SEPARABLE
    expect_number(
        "times_cheaper",
        given["times_cheaper"],
        right=expected,
        mistakes=[(1 / expected, "the share that is left; the other way round it says how many times cheaper")],
        task=f"divide the {ORDINARY} parameters of one ordinary {WINDOW} x {WINDOW} convolution from {TAKES} to "
        f"{GIVES} channels by yours",
    )
    return f"{expected:.1f} times cheaper: that is why MobileNet runs on a telephone"


def _other_parameters() -> Mistakes:
    return (
        (ORDINARY, "an ordinary convolution's; depthwise looks at each channel alone, then 1 x 1 mixes them"),
        (DEPTHWISE, f"the depthwise half; the 1 x 1 convolution from {TAKES} to {GIVES} channels is missing"),
        (POINTWISE, f"the 1 x 1 half; the depthwise {WINDOW} x {WINDOW} windows of {TAKES} channels are missing"),
        (SEPARABLE + 4 * (TAKES + GIVES), "which counts batch normalization too; here only the convolutions count"),
        (SEPARABLE + TAKES + GIVES, "which counts biases too; these convolutions have none"),
        (DEPTHWISE * GIVES + POINTWISE, f"but the depthwise layer has one window a channel: {TAKES} and no more"),
    )


def _other_multiply_adds() -> Mistakes:
    return (
        (SEPARABLE, f"one place of the map; the same weights work at all {SIDE} x {SIDE} places"),
        (SIDE * SEPARABLE, f"one row of the map; it has {SIDE} rows of {SIDE} places"),
        (2 * SIDE**2 * SEPARABLE, "which counts multiplication and addition as two; a multiply-add is one"),
        (SIDE**2 * ORDINARY, "an ordinary convolution's"),
    )


@exercise("3.2")
def backbones_in_time(answer: object) -> str:
    """The best backbone for a fast and for a slow line, and how many good parts the slow one saves."""
    given = fields(answer, ("rows", "limits_ms", "choice", "saved"))
    rows, choice = _rows(given["rows"]), given["choice"]
    if not isinstance(choice, Mapping) or set(choice) != {FAST, SLOW}:
        raise Hint(f"choice: found {kind(choice)}, expected a dict with a label for {FAST!r} and one for {SLOW!r}")
    limits = fields(given["limits_ms"], (FAST, SLOW))
    fast, slow = (_best(line, rows, number(line, limits[line]), choice[line]) for line in (FAST, SLOW))
    expect_number(
        "saved",
        given["saved"],
        right=1000 * (fast.overkill - slow.overkill),
        mistakes=[
            (1000 * (slow.overkill - fast.overkill), "the wrong way round: how many does the fast line lose more?"),
            (fast.overkill - slow.overkill, "a share; how many parts is that of 1000?"),
            (1000 * slow.overkill, "what the slow line loses; how many more does the fast one lose?"),
            (1000 * fast.overkill, "what the fast line loses; the slow one loses some, too"),
        ],
        task="take the difference of the two overkill rates, and how many of 1000 parts that is",
    )
    rivals = [row.label for row in rows if row is not slow and row.auroc_high > slow.auroc_low]
    sure = f"; its interval overlaps that of {', '.join(rivals)}, so that is no proof" if rivals else ""
    if fast is slow:
        return f"{fast.label} is the best of all and in time for both lines, so more time saves nothing here{sure}"
    return f"{fast.label} is in time for the fast line; the best is {slow.label}{sure}"


def _rows(rows: object) -> Sequence[Row]:
    wanted = ("label", "latency_ms", "auroc", "auroc_low", "auroc_high", "overkill")
    if not isinstance(rows, Sequence) or not rows or not all(hasattr(row, name) for row in rows for name in wanted):
        raise Hint(f"rows: found {kind(rows)}, expected the rows of the baseline as the cell above made them")
    return rows


def _best(line: str, rows: Sequence[Row], limit: float, label: object) -> Row:
    """The row that was chosen for a line, once it is the best in time."""
    by_label = {row.label: row for row in rows}
    if not isinstance(label, str) or label not in by_label:
        raise Hint(f"{line}: found {kind(label)}, expected one of {'; '.join(by_label)}")
    chosen = by_label[label]
    if chosen.latency_ms > limit:
        raise Hint(f"{line}: {label} takes {chosen.latency_ms:.2f} ms, and the limit is {limit:.2f} ms")
    best = max((row for row in rows if row.latency_ms <= limit), key=lambda row: row.auroc)
    if chosen.auroc < best.auroc:
        quick = " (the fastest need not be the best)" if chosen.latency_ms < best.latency_ms else ""
        raise Hint(f"{line}: {label} reaches an AUROC of {chosen.auroc:.3f}; another row in time is better{quick}")
    return chosen


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
        expect_share(
            f"auroc[{name!r}]",
            found[name],
            right=right,
            mistakes=_other_areas(np.asarray(scores[name]), labels, right),
            task=f"take the share of the {int((labels == 1).sum())} x {int((labels == 0).sum())} pairs",
        )
    first, *others = expected
    worst = min(others, key=lambda name: expected[name], default=first)
    return f"as built {expected[first]:.3f}; worst with {worst!r}: {expected[worst]:.3f}, and no error was raised"


def _other_areas(scores: metrics.Scores, labels: metrics.Labels, right: float) -> Mistakes:
    defective, good = scores[labels == 1][:, np.newaxis], scores[labels == 0]
    tie = "right but for the ties; a pair with equal scores counts one half"
    return (
        (1 - right, "the pairs the wrong way round; count those in which the DEFECTIVE one has the higher score"),
        (float(np.mean(defective > good)), tie),
        (float(np.mean(defective >= good)), tie),
        (float(np.mean((scores > 0.5) == (labels == 1))), "the accuracy at 0.5; AUROC has no threshold, only pairs"),
    )


@exercise("3.4")
def own_network(answer: object) -> str:
    """A network that the reader stacked, compiled and fitted, measured on the test tiles beside the baseline."""
    given = fields(answer, ("rows", "learnt", "tiles", "labels", "model", "auroc", "beats"))
    rows, tiles, labels = _rows(given["rows"]), np.asarray(given["tiles"]), np.asarray(given["labels"], np.int64)
    model = fitted("model", given["model"])
    _refuse_other_stacks(model, tiles)
    area = metrics.auroc(_scores(model, tiles), labels)
    _refuse_little_learnt(model, fields(given["learnt"], ("tiles", "labels")))
    expect_share(
        "auroc",
        given["auroc"],
        right=area,
        mistakes=[(1 - area, "the wrong way round; the labels are 1 for a defect")],
        task="give the area of your network's scores of the test tiles: metrics.auroc(scores, labels)",
    )
    beaten = {row.label for row in rows if row.auroc < area}
    found = given["beats"]
    if not isinstance(found, list | tuple | set | frozenset) or set(map(str, found)) != beaten:
        raise Hint(f"beats: found {kind(found)}, expected a list of the labels whose AUROC is under your {area:.3f}")
    best = max(rows, key=lambda row: row.auroc)
    said = f"{model.count_params() / 1000:.0f} thousand parameters, AUROC {area:.3f}: it beats {len(beaten)}"
    if area > best.auroc:
        return f"{said} of {len(rows)} rows, the best one too; a design that was worth it"
    return f"{said} of {len(rows)} rows; {best.label} reaches {best.auroc:.3f} and is the one to beat"


def _refuse_other_stacks(model: Network, tiles: metrics.Scores) -> None:
    """Knows networks that are none of one's own, do not fit the tiles, or are no stack."""
    if any(len(getattr(layer, "layers", ())) > MANY_LAYERS for layer in model.layers):
        raise Hint("model: there is a famous network inside; this one is to be stacked by yourself")
    if tuple(model.input_shape[1:]) != tiles.shape[1:]:
        raise Hint(f"model: it takes pictures of shape {model.input_shape[1:]}, and the tiles are {tiles.shape[1:]}")
    if tuple(model.output_shape[1:]) != (1,):
        raise Hint(f"model: found outputs of shape {model.output_shape[1:]}, expected one score a tile: Dense(1, ...)")
    maps = [layer.output.shape[1:3] for layer in model.layers if len(getattr(layer.output, "shape", ())) == 4]
    if min(height for height, _ in maps) > tiles.shape[1] / 4:
        raise Hint("model: its maps stay wide; a stack halves them at least twice: strides=2 or MaxPooling2D(2)")
    if (loss := loss_of(model)) not in LOSSES:
        raise Hint(f"model: its loss is {loss}; one yes-or-no score wants binary cross-entropy")
    refuse_raw_numbers(model, {"tiles": tiles[:4]})


def _refuse_little_learnt(model: Network, learnt: Mapping[str, object]) -> None:
    seen = metrics.auroc(_scores(model, np.asarray(learnt["tiles"])), np.asarray(learnt["labels"], np.int64))
    if seen < LEAST_AUROC:
        raise Hint(
            f"model: its AUROC is {seen:.3f} even on the tiles that it learnt from, expected {LEAST_AUROC} at least; "
            "let it learn for more epochs, or with another learning rate"
        )


def _scores(model: Network, tiles: metrics.Scores) -> metrics.Scores:
    scores = next(iter(answers(model, {"tiles": tiles}).values()))[:, 0]
    if np.ptp(scores) == 0 and np.isclose(scores[0], 1):  # some processors round it to a little less
        raise Hint("model: every tile scores 1: softmax over a single output; it wants sigmoid")
    if scores.min() < 0 or scores.max() > 1:
        raise Hint(f"model: scores from {scores.min():.2f} to {scores.max():.2f}; sigmoid keeps them between 0 and 1")
    if np.ptp(scores) == 0:
        raise Hint("model: all tiles get the same score, so nothing was learnt; a lower learning rate may help")
    return scores.astype(np.float32)


@exercise("3.5")
def famous_network_applied(answer: object) -> str:
    """A famous network that the reader applied to the tiles: its features, a head on them, and what that reaches."""
    given = fields(answer, ("learnt", "tiles", "labels", "weights", "network", "features", "head", "auroc"))
    learnt, tiles, labels = given["learnt"], np.asarray(given["tiles"]), np.asarray(given["labels"], np.int64)
    own = (given[name] for name in ("weights", "network", "features", "head", "auroc"))
    return famous.checked(fields(learnt, ("tiles", "labels")), tiles, labels, *own)
