"""Checks a network for pictures and numbers that the reader built, compiled and fitted, on houses that it never saw."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.answers import Figures
from aoi_modules.course.exercises.own_networks import fitting
from aoi_modules.course.exercises.own_networks.fitting import Network
from aoi_modules.datasets.houses import TARGET
from aoi_modules.modelstore.layout import FEATURES, IMAGE

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


def checked(houses: object, learnt: object, held_out: object, network: object, dollars: object) -> str:
    """Checks the network and its prices, and gives the line of praise. Everything may be anything at all.

    Args:
        houses: a dict of `image` (N, H, W, 3), `features` (N, F), `price` (N,) and `house` (N,), in which entries of
            the same house have the same number.
        learnt: the houses that the network was fitted to: positions, or true and false for each of the N.
        held_out: the houses that it never saw, M of them, likewise.
        network: with two inputs and one output.
        dollars: its prices of the M houses.

    Raises:
        Hint: what is wrong, and what to do.
    """
    table = _columns(houses)
    known, unseen = (
        _rows(name, rows, len(table[TARGET])) for name, rows in (("learnt", learnt), ("held_out", held_out))
    )
    _refuse_leak(known, unseen, table["house"])
    model = fitting.fitted("network", network)
    _refuse_other_form(model, table)
    inputs = {name: table[name][unseen] for name in (IMAGE, FEATURES)}
    said = _answers(model, inputs)
    fitting.refuse_raw_numbers(model, inputs)
    _refuse_forgotten_branch(model, inputs, said)
    _refuse_means_of_all(model, table[FEATURES], known)
    _refuse_dollars_as_target(model, said)
    prices, truth = _in_dollars(dollars, said, len(unseen)), table[TARGET][unseen]
    error = float(np.median(np.abs(prices - truth) / truth))
    if error > MOST_ERROR:
        _explain(model, said, prices, float(np.median(table[TARGET][known])), error)
    return f"half of {len(unseen)} unseen houses are less than {error:.1%} wrong, by pictures and numbers together"


def _columns(value: object) -> dict[str, Figures]:
    if not isinstance(value, Mapping) or set(value) != {IMAGE, FEATURES, TARGET, "house"}:
        raise Hint(f"houses: leave it as it is, a dict with the arrays {IMAGE}, {FEATURES}, {TARGET} and house")
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
    loss = fitting.loss_of(model)
    if "crossentropy" in (loss or ""):
        raise Hint(f"network: {loss} is for classes; a price is a quantity, such as for mean_squared_error")


def _answers(model: Network, inputs: Mapping[str, Figures]) -> Figures:
    said: Figures = next(iter(fitting.answers(model, inputs).values()))[:, 0]
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
                "forgotten, or all its ReLUs give 0; Concatenate has to join both branches"
            )


def _answers_or_none(model: Network, inputs: Mapping[str, Figures]) -> Figures | None:
    values: Figures = next(iter(fitting.answers(model, inputs).values()))[:, 0]
    return values if np.isfinite(values).all() else None


def _refuse_means_of_all(model: Network, numbers: Figures, learnt: NDArray[np.int64]) -> None:
    """Knows the means of all houses in a Normalization layer, of the numbers as they are or of their logarithms."""
    for layer in model.layers:
        mean = getattr(layer, "mean", None)
        if type(layer).__name__ != "Normalization" or mean is None:
            continue
        found = np.asarray(mean, float).ravel()
        for form in (numbers, np.log(numbers), np.log1p(numbers)):
            columns = form[:, : len(found)]  # the zip code comes last, and may be read in another way
            if len(found) != columns.shape[1]:
                continue
            if np.allclose(found, columns.mean(axis=0), rtol=1e-5) and not np.allclose(
                found, columns[learnt].mean(axis=0), rtol=1e-5
            ):
                raise Hint(
                    f"{layer.name}: its means are those of all houses, of the held-out ones too; adapt it to the "
                    "numbers of the houses that are learnt from"
                )


def _refuse_dollars_as_target(model: Network, said: Figures) -> None:
    """Knows a network that was fitted to dollars by its first loss, and by answers that are far from any price."""
    first = fitting.histories(model).get("loss", [0.0])[0]
    if first > IN_DOLLARS and np.median(said) < LEAST_PRICE:
        raise Hint(
            f"network: it was fitted to dollars as they are, its first loss is {first:.3g}, and it still says "
            f"{np.median(said):,.0f} dollars; scale the target: its logarithm, less the mean, over the spread"
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


def _explain(model: Network, said: Figures, dollars: Figures, usual: float, error: float) -> None:
    """Says why prices are too far off; `usual` is the median price of the houses that were learnt from."""
    short = f"dollars: half of the held-out houses are more than {error:.1%} wrong, at most {MOST_ERROR:.0%} are asked;"
    losses = fitting.histories(model).get("loss", [0.0])
    if losses[0] > IN_DOLLARS or np.allclose(dollars, said):
        raise Hint(
            f"{short} the network was fitted to dollars as they are, and its first loss is {losses[0]:.3g}; scale the "
            "target: its logarithm, less the mean, over the spread"
        )
    if not usual / 2 < np.median(dollars) < usual * 2:
        raise Hint(
            f"{short} its usual answer is {np.median(dollars):,.0f} dollars, and the usual price {usual:,.0f}; undo "
            "the scaling with the same spread and mean as before fit"
        )
    raise Hint(
        f"{short} is the zip code read as a code? Then more epochs, or another learning rate; the last loss is "
        f"{losses[-1]:.3g}"
    )
