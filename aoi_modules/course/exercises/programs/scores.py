"""What a reader's client gives back: one score a picture, in any plain form."""

import numpy as np
from google.protobuf.message import Message
from requests import Response

from aoi_modules.course.checks import Hint, kind
from aoi_modules.wire.tensors import Array

TOLERANCE = 1e-3
"""Engines add in different orders, and a reader may round; a share of a number over 1."""


def refuse_other_scores(found: object, expected: Array) -> None:
    """Makes sure that a client read the model's answer.

    Args:
        found: what it gave back; lists, arrays and rows of one score count as the same.
        expected: the model's own scores, float (N,).

    Raises:
        Hint: it is something else; names the mistake.
    """
    plain = _flat(found)
    if len(plain) != len(expected):
        raise Hint(f"found {len(plain)} scores, expected {len(expected)}, one a picture")
    if _equal(plain, expected):
        return
    if _equal(plain[::-1], expected):
        raise Hint("found the right scores in the reverse order; the first score belongs to the first picture")
    if _equal(np.sort(plain), np.sort(expected)):
        raise Hint("found the right scores in another order; the first score belongs to the first picture")
    raise Hint(f"found the scores {kind(plain.tolist())}, but the server answered {kind(expected.tolist())}")


def _flat(found: object) -> Array:
    """The scores as float (N,)."""
    if isinstance(found, Response):
        raise Hint('found the whole Response; its scores are in .json()["predictions"], or ["outputs"]')
    if isinstance(found, Message):
        raise Hint('found the whole message; its scores are in outputs["NAME"], as float_val or tensor_content')
    if isinstance(found, dict):
        raise Hint(f"found a dict with the keys {', '.join(map(str, found))}, expected the list of scores alone")
    try:
        values = np.asarray(found)
    except (ValueError, TypeError):  # rows of different lengths, or no rows at all
        raise Hint(f"found {kind(found)}, expected a list with one score a picture") from None
    if values.dtype.kind not in "fiu":
        raise Hint(f"found {kind(found)}, expected a list with one score a picture")
    return np.asarray(values, np.float64).ravel()


def _equal(found: Array, expected: Array) -> bool:
    return bool(np.all(np.abs(found - expected) <= TOLERANCE * np.maximum(1.0, np.abs(expected))))
