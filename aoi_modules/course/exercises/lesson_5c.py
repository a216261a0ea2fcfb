"""Exercises of lesson 5c, house prices from a table and pictures."""

import itertools
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises import networks
from aoi_modules.course.exercises.answers import Figures, Mistakes, expect_share
from aoi_modules.course.exercises.fields import fields
from aoi_modules.course.exercises.networks import Network
from aoi_modules.datasets.houses import FEATURE_NAMES, TARGET
from aoi_modules.datasets.houses.montage import ROOMS, montage
from aoi_modules.datasets.table import Pixels, decode
from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.modelstore.layout import FEATURES, IMAGE

PRICE = TARGET
MOST_ERROR = 0.30
"""Median percentage error, as a share, up to which the reader's network passes."""
LEAST_HELD_OUT = 40
LEAST_PRICE = 1000.0
"""In dollars: smaller numbers are logarithms, or scaled ones."""
IN_DOLLARS = 1e4
"""A first loss over it is that of dollars."""
SAME = 1e-4
"""Answers that differ by less of their range are the same."""
SAME_ORDER = 0.99
"""Correlation of the ranks of prices and answers; rounded prices have ties."""
JPEG = b"\xff\xd8"
"""How a JPEG begins."""
NEAR = 10.0
"""Mean difference of two pictures, in gray levels, up to which they are the same one, encoded with some loss."""


@exercise("5c.1")
def percentage_error(answer: object) -> str:
    """The median absolute percentage error of answers."""
    given = fields(answer, ("answers", "prices", "error"))
    answers, prices = np.asarray(given["answers"], float), np.asarray(given["prices"], float)
    wrong = np.abs(answers - prices)
    expected = float(np.median(wrong / prices))
    mistakes = (
        (float(np.mean(wrong / prices)), "the mean; one cheap house with a foolish answer moves it, not the median"),
        (float(np.median(wrong / answers)), "shares of the answers; divide by the prices"),
        (float(np.median(wrong)), "dollars; divide each error by its own price"),
        (float(np.mean(wrong)), "the mean error in dollars, which mostly comes from the expensive houses"),
        (float(np.median(wrong) / np.median(prices)), "two medians; divide house by house, then take the median"),
        (float(np.median((answers - prices) / prices)), "too high and too low cancel out; take absolute values first"),
    )
    task = "take |answer - price| / price of every house, and the median of these"
    expect_share("error", given["error"], right=expected, mistakes=mistakes, task=task)
    return f"half of the answers are less than {expected:.1%} wrong, however much the most expensive house costs"


@exercise("5c.2")
def difference_and_noise(answer: object) -> str:
    """The mean difference of two ways over the same folds, and its standard error."""
    given = fields(answer, ("numbers", "both", "difference", "noise"))
    numbers, both = np.asarray(given["numbers"], float), np.asarray(given["both"], float)
    if numbers.ndim != 1 or numbers.shape != both.shape or len(numbers) < 2:
        raise Hint("numbers, both: leave them as they are, an error for each fold")
    pairs = both - numbers
    expected, error = float(pairs.mean()), float(pairs.std(ddof=1) / math.sqrt(len(pairs)))
    expect_share(
        "difference",
        given["difference"],
        right=expected,
        mistakes=[(-expected, "the wrong way round; below zero has to mean that the pictures helped")],
        task="take both - numbers in each fold, and the mean of these",
    )
    expect_share(
        "noise",
        given["noise"],
        right=error,
        mistakes=_other_noises(pairs, numbers, both),
        task=f"take the standard deviation of the differences, and divide it by the root of {len(pairs)}",
    )
    verdict = "more than" if abs(expected) > 2 * error else "not more than"
    return f"{expected:+.4f} with a noise of {error:.4f}: {verdict} twice the noise"


def _other_noises(pairs: Figures, numbers: Figures, both: Figures) -> Mistakes:
    folds = len(pairs)
    apart = math.sqrt((numbers.var(ddof=1) + both.var(ddof=1)) / folds)
    return (
        (float(pairs.std(ddof=1)), f"the spread of single folds; the mean of {folds} is steadier by their square root"),
        (float(pairs.std()) / math.sqrt(folds), "nearly; with so few folds divide by one less: std(ddof=1)"),
        (float(pairs.std()), f"the spread of single folds; use std(ddof=1) and divide by the root of {folds}"),
        (apart, "the two ways apart; both met the same houses in each fold, so take the differences first"),
    )


@exercise("5c.3")
def request(answer: object) -> str:
    """What a client sends for one house: the montage, encoded, and its numbers as they are."""
    given = fields(answer, ("rooms", "house", "request"))
    rooms, house, sent = given["rooms"], given["house"], given["request"]
    if not isinstance(rooms, Mapping) or not isinstance(house, Mapping):
        raise Hint("rooms, house: leave them as they are, two dicts")
    if not isinstance(sent, Mapping) or set(sent) != {IMAGE, FEATURES}:
        raise Hint(f"request: found {kind(sent)}, expected a dict with the names of the inputs, image and features")
    _refuse_other_image(sent[IMAGE], dict(rooms))
    _refuse_other_features(sent[FEATURES], [float(house[name]) for name in FEATURE_NAMES])
    return "one picture of four rooms and four numbers as they are; reading both is the model's work"


def _refuse_other_image(found: object, rooms: dict[str, Pixels]) -> None:
    if not isinstance(found, (list, tuple)) or len(found) != 1:
        raise Hint(f"image: found {kind(found)}, expected a list of one encoded picture")
    if not isinstance(found[0], bytes):
        raise Hint(f"image: found {kind(found[0])}, expected the bytes of a PNG; encode_png makes them")
    if found[0].startswith(JPEG):
        raise Hint(
            "image: found a JPEG, expected a PNG: a JPEG saves room by changing pixels, and training saw them all"
        )
    try:
        picture = decode(found[0], IMAGE)
        expected = montage(rooms)
    except (NotAPicture, DataError) as error:
        raise Hint(str(error)) from None
    if picture.shape != expected.shape:
        raise Hint(f"image: found a picture of shape {picture.shape}, expected the montage's {expected.shape}")
    orders = list(itertools.permutations(ROOMS))
    apart = [_apart(picture, montage([rooms[room] for room in order])) for order in orders]
    nearest = int(np.argmin(apart))
    if apart[nearest] > NEAR:
        raise Hint("image: that is another picture than the montage of these four rooms")
    if orders[nearest] != ROOMS:
        raise Hint(f"image: the rooms stand as {', '.join(orders[nearest])}; montage takes a dict by the rooms' names")


def _refuse_other_features(found: object, expected: list[float]) -> None:
    if found is None or found is ...:
        raise Hint(f"features: found {kind(found)}, expected a row of numbers for each picture")
    values = np.asarray(found, float)
    if values.shape == (len(expected),):
        raise Hint("features: found one row without its brackets; expected shape (1, 4), a row for each picture")
    if values.shape == (1, len(expected) + 1):
        raise Hint("features: found five numbers; the price is what the model is asked for")
    if values.shape != (1, len(expected)):
        raise Hint(f"features: found the shape {values.shape}, expected (1, {len(expected)})")
    if np.allclose(values[0], expected):
        return
    if sorted(values[0].tolist()) == sorted(expected):
        raise Hint(f"features: found another order; the manifest says {', '.join(FEATURE_NAMES)}")
    raise Hint(f"features: found {values[0].tolist()}, expected the numbers as the list has them: scaling is a layer")


def _apart(left: Pixels, right: Pixels) -> float:
    """The mean difference of two pictures of one size, in gray levels."""
    return float(np.abs(left.astype(np.float64) - right).mean())


@exercise("5c.4")
def own_regression(answer: object) -> str:
    """A network for a picture and numbers that the reader built, compiled and fitted, on houses that it never saw."""
    given = fields(answer, ("houses", "learnt", "held_out", "network", "dollars"))
    table = _columns(given["houses"])
    learnt, held_out = (_rows(name, given[name], len(table[PRICE])) for name in ("learnt", "held_out"))
    _refuse_leak(learnt, held_out, table["house"])
    model = networks.fitted("network", given["network"])
    _refuse_other_form(model, table)
    inputs = {name: table[name][held_out] for name in (IMAGE, FEATURES)}
    said = _answers(model, inputs)
    networks.refuse_raw_numbers(model, inputs)
    _refuse_forgotten_branch(model, inputs, said)
    _refuse_means_of_all(model, table[FEATURES], learnt)
    dollars = _in_dollars(given["dollars"], said, len(held_out))
    error = float(np.median(np.abs(dollars - table[PRICE][held_out]) / table[PRICE][held_out]))
    if error > MOST_ERROR:
        _explain(model, said, dollars, table[PRICE], learnt, error)
    return f"half of {len(held_out)} unseen houses are less than {error:.1%} wrong, by pictures and numbers together"


def _columns(value: object) -> dict[str, Figures]:
    if not isinstance(value, Mapping) or set(value) != {IMAGE, FEATURES, PRICE, "house"}:
        raise Hint(f"houses: leave it as it is, a dict with the arrays {IMAGE}, {FEATURES}, {PRICE} and house")
    return {name: np.asarray(values, float) for name, values in value.items()}


def _rows(name: str, value: object, count: int) -> NDArray[np.int64]:
    """The rows of an answer: positions, or a yes or no for each house."""
    rows = np.asarray(value)
    if rows.dtype == np.bool_ and rows.shape == (count,):
        rows = np.flatnonzero(rows)
    if rows.ndim != 1 or not np.issubdtype(rows.dtype, np.integer) or not len(rows):
        raise Hint(
            f"{name}: found {kind(value)}, expected the positions of houses, for example np.flatnonzero(fold == 0)"
        )
    if rows.min() < 0 or rows.max() >= count:
        raise Hint(f"{name}: found positions from {rows.min()} to {rows.max()}, expected 0 to {count - 1}")
    return rows.astype(np.int64)


def _refuse_leak(learnt: NDArray[np.int64], held_out: NDArray[np.int64], house: Figures) -> None:
    both = np.intersect1d(learnt, held_out)
    if len(both):
        raise Hint(f"held_out: {len(both)} houses stand in learnt, too, so the network has seen their prices")
    twins = np.intersect1d(house[learnt], house[held_out])
    if len(twins):
        first, second = (int(rows[house[rows] == twins[0]][0]) for rows in (learnt, held_out))
        raise Hint(
            f"held_out: rows {first} and {second} are the same house, listed twice; one is learnt from, one held out. "
            "The folds keep such twins together"
        )
    if len(held_out) < LEAST_HELD_OUT:
        raise Hint(f"held_out: found {len(held_out)} houses, which prove little; hold out {LEAST_HELD_OUT} or more")


def _refuse_other_form(model: Network, table: Mapping[str, Figures]) -> None:
    taken = sorted((tuple(one.shape) for one in model.inputs), key=len, reverse=True)
    expected = [(None, *table[IMAGE].shape[1:]), (None, *table[FEATURES].shape[1:])]
    if len(taken) == 1:
        missing = "numbers" if len(taken[0]) == len(expected[0]) else "pictures"
        raise Hint(
            f"network: it has one input, {taken[0]}; the {missing} are missing: keras.Model takes a dict of inputs"
        )
    if taken != expected:
        raise Hint(f"network: its inputs have the shapes {taken}, expected {expected}: a picture, and a row of numbers")
    given = [tuple(one.shape) for one in model.outputs]
    if given != [(None, 1)]:
        raise Hint(f"network: its output has the shape {given}, expected (None, 1): a price is one number")
    loss = networks.loss_of(model)
    if "crossentropy" in (loss or ""):
        raise Hint(f"network: {loss} is for classes; a price is a quantity, such as for mean_squared_error")


def _answers(model: Network, inputs: Mapping[str, object]) -> Figures:
    said = next(iter(networks.answers(model, inputs).values()))[:, 0]
    if not np.isfinite(said).all():
        raise Hint(
            "network: its answers are no numbers (NaN); take smaller steps, or scale the target: the logarithm of the "
            "price, less its mean, over its spread"
        )
    if len(said) > 1 and np.ptp(said) < SAME * max(1.0, float(np.abs(said).max())):
        raise Hint(
            f"network: it says {said[0]:.3g} for every house; softmax or sigmoid in the last layer does that, or steps "
            "so large that every ReLU gives 0"
        )
    return said


def _refuse_forgotten_branch(model: Network, inputs: Mapping[str, Figures], said: Figures) -> None:
    """Gives every house the pictures, then the numbers of another one: whoever listens to both answers otherwise."""
    for name, what in ((IMAGE, "pictures"), (FEATURES, "numbers")):
        swapped = _answers_or_none(model, {**inputs, name: np.roll(inputs[name], 1, axis=0)})
        if swapped is not None and np.allclose(swapped, said, rtol=1e-5, atol=SAME * float(np.ptp(said))):
            raise Hint(
                f"network: with the {what} of another house it says the same price, so the branch of the {what} is "
                "forgotten; Concatenate has to join both"
            )


def _answers_or_none(model: Network, inputs: Mapping[str, object]) -> Figures | None:
    values: Figures = next(iter(networks.answers(model, inputs).values()))[:, 0]
    return values if np.isfinite(values).all() else None


def _refuse_means_of_all(model: Network, numbers: Figures, learnt: NDArray[np.int64]) -> None:
    """Knows the means of all houses in a Normalization layer, of the numbers as they are or of their logarithms."""
    for layer in model.layers:
        mean = getattr(layer, "mean", None)
        if type(layer).__name__ != "Normalization" or mean is None:
            continue
        found = np.asarray(mean, float).ravel()
        for form in (numbers, np.log(numbers), np.log1p(numbers)):
            if len(found) != form.shape[1]:
                continue
            if np.allclose(found, form.mean(axis=0), rtol=1e-5) and not np.allclose(
                found, form[learnt].mean(axis=0), rtol=1e-5
            ):
                raise Hint(
                    f"{layer.name}: its means are those of all houses, of the held-out ones too; adapt it to the "
                    "numbers of the houses that are learnt from"
                )


def _in_dollars(value: object, said: Figures, count: int) -> Figures:
    try:
        dollars = np.asarray(value, float)
    except (TypeError, ValueError):
        raise Hint(f"dollars: found {kind(value)}, expected a price for each held-out house") from None
    if value is None or value is ... or dollars.size != count or not np.isfinite(dollars).all():
        raise Hint(f"dollars: found {kind(value)}, expected {count} prices, one for each held-out house")
    dollars = dollars.ravel()
    if np.allclose(dollars, said, rtol=1e-3, atol=1e-3) and np.median(np.abs(dollars)) < LEAST_PRICE:
        raise Hint(
            f"dollars: found numbers such as {dollars[0]:.3g}, as the network gives them; undo the scaling of the "
            "target: times the spread, plus the mean, then np.exp"
        )
    if np.median(dollars) < LEAST_PRICE:
        raise Hint(f"dollars: found prices such as {dollars[0]:.3g}; is the logarithm undone, by np.exp?")
    order = np.corrcoef(np.argsort(np.argsort(dollars)), np.argsort(np.argsort(said)))[0, 1]
    if order < SAME_ORDER:
        raise Hint("dollars: these are not this network's answers for the held-out houses, in the order of held_out")
    return dollars


def _explain(
    model: Network, said: Figures, dollars: Figures, prices: Figures, learnt: NDArray[np.int64], error: float
) -> None:
    """Says why prices are too far off."""
    short = f"dollars: half of the held-out houses are more than {error:.1%} wrong, at most {MOST_ERROR:.0%} are asked;"
    losses = networks.histories(model).get("loss", [0.0])
    if losses[0] > IN_DOLLARS or np.allclose(dollars, said):
        raise Hint(
            f"{short} the network was fitted to dollars as they are, and its first loss is {losses[0]:.3g}; scale the "
            "target: its logarithm, less the mean, over the spread"
        )
    middle = float(np.median(prices[learnt]))
    if np.median(dollars) < middle / 2 or np.median(dollars) > middle * 2:
        raise Hint(
            f"{short} its usual answer is {np.median(dollars):,.0f} dollars, and the usual price {middle:,.0f}; undo "
            "the scaling with the same spread and mean as before fit"
        )
    raise Hint(f"{short} more epochs, or another learning rate; {losses[-1]:.3g} is the last training loss")
