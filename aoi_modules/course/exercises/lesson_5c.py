"""Exercises of lesson 5c, house prices from a table and pictures."""

import itertools
import math
from collections.abc import Mapping

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import Figures, Mistakes, expect_share
from aoi_modules.course.exercises.own_networks.prices import checked
from aoi_modules.course.fields import fields
from aoi_modules.datasets.houses import FEATURE_NAMES
from aoi_modules.datasets.houses.montage import ROOMS, montage
from aoi_modules.datasets.table import Pixels, decode
from aoi_modules.errors import DataError, NotAPicture
from aoi_modules.modelstore.layout import FEATURES, IMAGE

PNG = b"\x89PNG"
"""How a PNG begins."""
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
    return f"{expected:+.2%} with a noise of {error:.2%}: {verdict} twice the noise"


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
    try:
        picture = decode(found[0], IMAGE)
        expected = montage(rooms)
    except (NotAPicture, DataError) as error:
        raise Hint(str(error)) from None
    if not found[0].startswith(PNG):
        raise Hint("image: found another format than PNG; a JPEG, for example, saves room by changing pixels")
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
def own_network(answer: object) -> str:
    """A network for pictures and numbers that the reader built, compiled and fitted, and its prices."""
    given = fields(answer, ("houses", "learnt", "held_out", "network", "dollars"))
    return checked(**given)
