"""Many floats as JSON text at once, digit for digit as TensorFlow Serving writes each of them.

A number has six digits where they read back as the same number, else all that its type needs (nine or seventeen), as
`%.6g` and `%.9g` or `%.17g` write them, and `.0` where there is neither a point nor an exponent. Python takes two
microseconds for that. Here the digits of all numbers are computed together, in a type that holds more of them; where
that type cannot tell how to round, one number in some thousands, Python writes it.
"""

import math
import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32] | NDArray[np.float64]

CHUNK = 1 << 14
"""Numbers that are written together; each takes some forty bytes of memory meanwhile."""
SHORT = 6
"""Digits of the shorter form."""
DIGITS = {"float32": 9, "float64": 17}
"""Digits that tell each number of a type from all others."""
_WORDS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_LEAST_FIXED = -4
"""The power of ten of the smallest numbers that are written without an exponent."""
_LONGEST = 24
"""Characters of the longest number, such as -1.7976931348623157e+308."""
_EXPONENT = 5
"""Characters of the longest exponent, such as e+308."""
_FLOAT32 = struct.Struct("f")


def text(value: float, name: str) -> str:
    """Writes one number; the rule itself, which `joined` follows.

    Args:
        value: exactly representable in its type.
        name: of the type, float32 or float64.
    """
    short = f"{value:.{SHORT}g}"
    if short in _WORDS:
        return _WORDS[short]
    found = short if _as_stored(float(short), name) == value else f"{value:.{DIGITS[name]}g}"
    return found if "." in found or "e" in found else f"{found}.0"


def _as_stored(value: float, name: str) -> float:
    """The number of a type that is nearest to a value; infinite where the value is beyond all of them."""
    if name == "float64":
        return value
    try:
        return float(_FLOAT32.unpack(_FLOAT32.pack(value))[0])
    except OverflowError:
        return math.inf


def joined(values: Floats, separators: Sequence[bytes], kinds: NDArray[np.uint8]) -> bytes:
    """Writes numbers one behind the other, with a separator behind each.

    Args:
        values: float32 or float64 (N,).
        separators: texts that stand between numbers.
        kinds: which of them stands behind each number, uint8 (N,).
    """
    table, lengths = _table(separators)
    parts = []
    for first in range(0, len(values), CHUNK):
        rows = slice(first, first + CHUNK)
        parts.append(_written(values[rows], table[kinds[rows]], lengths[kinds[rows]]))
    return b"".join(parts)


def _table(separators: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """The separators as the rows of one array, and their lengths."""
    lengths = np.array([len(separator) for separator in separators], np.intp)
    table = np.zeros((len(separators), int(lengths.max())), np.uint8)
    for row, separator in zip(table, separators, strict=True):
        row[: len(separator)] = np.frombuffer(separator, np.uint8)
    return table, lengths


def _written(values: Floats, behind: NDArray[np.uint8], behind_lengths: NDArray[np.intp]) -> bytes:
    """The text of some numbers, with what stands behind each.

    Each number has a row of characters, with a place for all that any of them needs; then the used places are taken.
    """
    name = values.dtype.name
    digits, powers, short, sure = _decimals(values)
    fixed = (powers >= _LEAST_FIXED) & (powers < np.where(short, SHORT, DIGITS[name]))
    whole = np.where(fixed, powers + 1, 1)  # digits before the point; none of a number below 1, whose point is in front
    zeros = 2 - int(whole.min()) if whole.min() < 1 else 0
    points = max(0, int(whole.max()))
    places = _places(DIGITS[name], points)
    tail = 0 if fixed.all() else _EXPONENT
    columns = max(1 + zeros + places + points + tail, 0 if sure.all() else _LONGEST)
    width = int(behind_lengths.max())
    shown = np.zeros((len(values), columns + width), np.uint8)
    used = np.zeros(shown.shape, np.bool_)

    shown[:, 0] = ord("-")
    used[:, 0] = np.signbit(values)
    _put_leading_zeros(shown[:, 1 : 1 + zeros], used[:, 1 : 1 + zeros], whole)
    _put_digits(shown[:, 1 + zeros :], used[:, 1 + zeros :], digits, whole, fixed, DIGITS[name], points)
    if tail:
        _put_exponents(shown[:, columns - tail :], used[:, columns - tail :], powers, fixed)
    unsure = np.flatnonzero(~sure)
    for row, value in zip(unsure.tolist(), values[unsure].tolist(), strict=True):
        one = text(value, name).encode()
        used[row, :columns] = False
        used[row, : len(one)] = True
        shown[row, : len(one)] = np.frombuffer(one, np.uint8)
    shown[:, columns:] = behind[:, :width]
    used[:, columns:] = np.arange(width) < behind_lengths[:, None]
    return shown[used].tobytes()


def _places(total: int, points: int) -> int:
    """Places of digits: one more where all of them may stand before the point, and a zero behind it."""
    return total + (points >= total)


def _put_leading_zeros(shown: Any, used: Any, whole: NDArray[np.int64]) -> None:
    """`0.`, and as many zeros as stand before the first digit of a number below 1."""
    count = shown.shape[1]
    shown[:] = np.frombuffer(b"0.0000000"[:count], np.uint8)
    small = np.flatnonzero(whole < 1)
    used[small] = np.arange(count) < (2 - whole[small])[:, None]


def _put_digits(
    shown: Any,
    used: Any,
    digits: NDArray[np.int64],
    whole: NDArray[np.int64],
    fixed: NDArray[np.bool_],
    total: int,
    points: int,
) -> None:
    """The digits without the zeros at their end, and the point: behind each of the first digits is a place for one."""
    rest: NDArray[Any] = digits.astype(np.uint32 if total < 10 else np.uint64)
    kept = np.ones(len(digits), np.int64)
    places = _places(total, points)
    column = [place + min(place, points) for place in range(places)]
    for place in range(total - 1, -1, -1):
        tens = rest // 10
        digit = (rest - 10 * tens).astype(np.uint8)
        shown[:, column[place]] = digit + ord("0")
        if place:
            np.maximum(kept, np.where(digit, place + 1, 0), out=kept)
        rest = tens
    shown[:, column[total:]] = ord("0")  # behind the point of a number whose digits all stand before it
    np.maximum(kept, np.where(fixed & (whole > 0), whole + 1, 0), out=kept)
    for place in range(places):
        used[:, column[place]] = kept > place
    shown[:, 1 : 2 * points : 2] = ord(".")
    pointed = np.flatnonzero((whole > 0) & (kept > whole))
    used[pointed, 2 * whole[pointed] - 1] = True


def _put_exponents(shown: Any, used: Any, powers: NDArray[np.int64], fixed: NDArray[np.bool_]) -> None:
    """`e+06`: two digits at least."""
    rows = np.flatnonzero(~fixed)
    power = powers[rows]
    size = np.abs(power)
    shown[rows, 0] = ord("e")
    shown[rows, 1] = np.where(power < 0, ord("-"), ord("+"))
    for place, tens in enumerate((100, 10, 1), start=2):
        shown[rows, place] = size // tens % 10 + ord("0")
    used[rows[:, None], [0, 1, 3, 4]] = True
    used[rows, 2] = size >= 100


@cache
def _powers(name: str) -> tuple[NDArray[Any], int]:
    """The powers of ten that scale numbers of a type to whole ones, and the place of 10**0 among them."""
    wide = np.float64 if name == "float32" else np.longdouble
    greatest = 60 if name == "float32" else 345
    with np.errstate(over="ignore", under="ignore"):
        return np.array([wide(f"1e{power}") for power in range(-greatest, greatest)], wide), greatest


def _decimals(values: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The decimal digits of numbers.

    Returns:
        The digits as whole numbers of as many digits as the type needs; the power of ten of the first one; whether six
        of them are enough; and whether all of that is sure. 0 has the digits 0 and the power 0.
    """
    total = DIGITS[values.dtype.name]
    table, zero = _powers(values.dtype.name)
    zeros, finite = values == 0, np.isfinite(values)
    size = np.abs(np.where(finite & ~zeros, values, values.dtype.type(1)))
    wide = size.astype(table.dtype)
    powers = np.floor(np.log10(size.astype(np.float64))).astype(np.int64)
    scale = table[zero + total - 1 - powers]
    scaled = wide * scale
    off = (scaled >= 10.0**total).astype(np.int64) - (scaled < 10.0 ** (total - 1))
    if off.any():
        powers += off
        scale = table[zero + total - 1 - powers]
        scaled = wide * scale
    margin = 1.1 * 10.0**total * float(np.finfo(table.dtype).eps)  # how wrong the scaled numbers may be
    digits = np.rint(scaled)
    rounded = np.abs(scaled - digits) < 0.5 - margin
    six, short, told = _shortened(size, scaled, scale, margin)
    digits = np.where(short, six, digits).astype(np.int64)
    over = digits >= 10**total
    if over.any():
        digits[over] //= 10
        powers += over
    digits[zeros], powers[zeros], short[zeros] = 0, 0, True
    return digits, powers, short, finite & (zeros | (told & (short | rounded)))


def _shortened(
    size: Floats, scaled: NDArray[Any], scale: NDArray[Any], margin: float
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """Six digits of numbers, and whether they read back as the same ones.

    They do where they are nearer than halfway to the next number of the type.

    Args:
        size: the numbers without their signs.
        scaled: to whole numbers, by `scale`, in a wider type.
        scale: powers of ten.
        margin: how wrong the scaled numbers may be.

    Returns:
        The digits, with zeros behind them up to the length of the scaled numbers; whether they are the same number;
        whether that is sure.
    """
    step = 10.0 ** (DIGITS[size.dtype.name] - SHORT)
    six = np.rint(scaled / step) * step
    above = six >= scaled
    with np.errstate(over="ignore"):
        next_one = np.nextafter(size, np.where(above, size.dtype.type(np.inf), size.dtype.type(0)))
    half = np.abs(next_one - size) * scale / 2
    distance = np.abs(six - scaled)
    return six, distance < half, (np.abs(distance - half) > 2 * margin) & np.isfinite(half)
