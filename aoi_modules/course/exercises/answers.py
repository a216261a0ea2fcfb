"""The numbers of an answer, in any form, and the two rules by which every check compares them with the right ones.

Rounding: an answer is right when it is the right value, rounded to three digits or to more. Percent: where a share is
asked, its percent is right too, and the other way round. Counts are whole, so neither rule touches them.

    expect_share("recall", answer, right=0.8534, mistakes=[(0.71, "the precision; ...")], task="divide found by all")

Each function returns for a right answer and raises a Hint for any other object.
"""

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, kind

DIGITS = 3
"""Digits that a number needs, counted from the first that is not zero."""
LARGEST = 10_000_000
"""Entries in the longest answer that is read."""
_SAME = 1e-6
"""Share by which two values may differ and still be the same one: float32 keeps seven digits."""
_ZERO = 1e-9
"""What is nearer to zero than this counts as zero."""
_SHARE, _PERCENT, _PLAIN = (1.0, 100.0), (1.0, 0.01), (1.0,)
"""In which forms a value may come, as factors."""

Figures = NDArray[np.float64]
Mistakes = Iterable[tuple[float, str]]
"""Values that typical mistakes give, and what each of them is: (0.71, "the precision; divide by ...")."""


def number(name: str, value: object) -> float:
    """The one finite number that an answer holds: of Python, NumPy or a tensor, alone or in a list of one.

    Raises:
        Hint: it holds none, or more than one; names the field.
    """
    if _is_text_of_a_number(value):
        raise Hint(f"{name}: found the text {value!r:.40}, expected a number, without quotes")
    found = _array(value)
    if found is None or found.size != 1 or not np.isfinite(found).all():
        raise Hint(f"{name}: found {kind(value)}, expected a number")
    return float(found.reshape(()))


def numbers(name: str, value: object, shape: Sequence[int]) -> Figures:
    """The numbers that an answer holds: of lists, arrays, tensors or tables. NaN and infinity are let through.

    Args:
        name: of the field.
        value: anything at all.
        shape: that they must have.

    Returns:
        float64 of this shape.

    Raises:
        Hint: it holds something else, or has another shape; names the field.
    """
    found = _array(value)
    if found is None:
        raise Hint(f"{name}: found {kind(value)}, expected numbers of shape {tuple(shape)}")
    if found.shape != tuple(shape):
        raise Hint(f"{name}: found numbers of shape {found.shape}, expected {tuple(shape)}")
    return found


def agrees(found: float, right: float, digits: int = DIGITS) -> bool:
    """Whether one number is the other, rounded to so many digits or to more."""
    return _near(np.array(found), np.array(right), digits)


def expect_number(
    name: str, value: object, *, right: float, mistakes: Mistakes = (), task: str, digits: int = DIGITS
) -> None:
    """Lets the right number pass, rounded or not.

    Args:
        name: of the field.
        value: the answer, anything at all.
        right: the right value.
        mistakes: values that typical mistakes give; where one equals the right value, the answer passes.
        task: what to do, for an answer that is none of the mistakes.
        digits: that the answer needs; the exercise has to say so where it is not three.

    Raises:
        Hint: another number, or none.
    """
    _expect(name, value, right, mistakes, task, digits, _PLAIN)


def expect_share(
    name: str, value: object, *, right: float, mistakes: Mistakes = (), task: str, digits: int = DIGITS
) -> None:
    """As `expect_number` for a share such as 0.25; 25, its percent, is right too."""
    _expect(name, value, right, mistakes, task, digits, _SHARE)


def expect_percent(
    name: str, value: object, *, right: float, mistakes: Mistakes = (), task: str, digits: int = DIGITS
) -> None:
    """As `expect_number` for a percentage such as 25; 0.25, its share, is right too."""
    _expect(name, value, right, mistakes, task, digits, _PERCENT)


def expect_count(name: str, value: object, *, right: int, mistakes: Mistakes = (), task: str) -> None:
    """Lets the right whole number pass, as int or as float. Nothing is rounded.

    Raises:
        Hint: another number, or none.
    """
    found = number(name, value)
    if found != right:
        why = next((f", {why}" for wrong, why in mistakes if found == wrong), f"; {task}")
        raise Hint(f"{name}: found {_written(found)}{why}")


def expect_numbers(
    name: str,
    value: object,
    *,
    right: NDArray[np.floating],
    mistakes: Iterable[tuple[NDArray[np.floating], str]] = (),
    task: Callable[[int], str],
    digits: int = DIGITS,
    shares: bool = False,
) -> None:
    """As `expect_number` for many numbers at once. Where the right value is NaN, NaN is right.

    Args:
        name: of the field.
        value: the answer, anything at all.
        right: float (N,) or (N, ...), the right values.
        mistakes: arrays of the same shape, and what each of them is.
        task: what to do; gets the place along the first axis that is most wrong.
        digits: that each number needs.
        shares: whether they are shares, so that percents are right too.

    Raises:
        Hint: other numbers, another shape, or none.
    """
    found, wanted = numbers(name, value, right.shape), np.asarray(right, np.float64)
    scales = _SHARE if shares else _PLAIN
    if _right(found, [wanted * scale for scale in scales], known := _scaled(mistakes, scales), digits):
        return
    why = _mistake(found, known, digits)
    raise Hint(f"{name}: {f'found {why}' if why else task(_worst(found, wanted))}")


def _expect(
    name: str, value: object, right: float, mistakes: Mistakes, task: str, digits: int, scales: Sequence[float]
) -> None:
    given = number(name, value)
    found, rights, known = np.array(given), [np.array(right * scale) for scale in scales], _scaled(mistakes, scales)
    if _right(found, rights, known, digits):
        return
    why = _mistake(found, known, digits)
    rounded = any(_same(found, _rounded(one, fewer)) for one in rights for fewer in range(1, digits))
    end = f". If you rounded it, give {digits} digits or more" if rounded else ""
    raise Hint(f"{name}: found {_written(given)}{f', {why}' if why else f'; {task}'}{end}")


_Known = list[tuple[Figures, str]]


def _scaled(mistakes: Iterable[tuple[float | NDArray[np.floating], str]], scales: Sequence[float]) -> _Known:
    """The mistakes in every form in which the answer may come."""
    return [(np.asarray(values, np.float64) * scale, why) for values, why in mistakes for scale in scales]


def _right(found: Figures, rights: Sequence[Figures], known: _Known, digits: int) -> bool:
    """Whether an answer is right in one of its forms.

    Right value and mistake may agree in so many digits. Then an answer that was rounded passes, because nobody can tell
    which it was; one with all digits of the mistake does not.
    """
    if any(_same(found, one) for one in rights):
        return True
    if not any(_near(found, one, digits) for one in rights):
        return False
    return _same(found, _rounded(found, digits)) or not any(_same(found, values) for values, _ in known)


def _mistake(found: Figures, known: _Known, digits: int) -> str:
    """What a wrong answer is, if it is a known mistake, rounded or not; else nothing."""
    exact = (why for values, why in known if _same(found, values))
    rounded = (why for values, why in known if _near(found, values, digits))
    return next(exact, "") or next(rounded, "")


def _same(found: Figures, other: Figures) -> bool:
    return bool(found.shape == other.shape and np.allclose(found, other, rtol=_SAME, atol=_ZERO, equal_nan=True))


def _near(found: Figures, right: Figures, digits: int) -> bool:
    """Whether all values are within half a unit of the last digit."""
    if found.shape != right.shape:
        return False
    with np.errstate(all="ignore"):  # NaN and infinity are compared, not computed with
        within = np.abs(found - right) <= 0.5 * _unit(right, digits) + _SAME * np.abs(right) + _ZERO
    return bool(np.all(within | (found == right) | (np.isnan(found) & np.isnan(right))))


def _rounded(values: Figures, digits: int) -> Figures:
    with np.errstate(all="ignore"):
        unit = _unit(values, digits)
        return np.where(unit > 0, np.round(values / unit) * unit, values)


def _unit(values: Figures, digits: int) -> Figures:
    """One in the last of so many digits: 0.001 for 0.8534 and three; 0 for 0, NaN and infinity."""
    with np.errstate(all="ignore"):
        exponent = np.floor(np.log10(np.abs(values)) + 1e-12) - digits + 1
        return np.where(np.isfinite(exponent), 10.0**exponent, 0.0)


def _worst(found: Figures, wanted: Figures) -> int:
    """The place along the first axis where the numbers are furthest apart."""
    with np.errstate(all="ignore"):
        apart = np.abs(found - wanted)
    apart = np.where(np.isnan(apart), np.where(np.isnan(found) & np.isnan(wanted), 0.0, np.inf), apart)
    return int(np.unravel_index(int(apart.argmax()), apart.shape)[0])


def _array(value: object) -> Figures | None:
    """Numbers in any form as float64; None for what holds something else, whatever it does when it is asked."""
    try:
        if operator.length_hint(value) > LARGEST:
            return None
        found = _read(value)
        return _of_objects(found) if found.dtype == object else _of_numbers(found)
    except Exception:  # an answer may be any object, and break in any way when it is read
        return None


def _read(value: object) -> NDArray[np.generic]:
    try:
        return np.asarray(value)
    except Exception:  # a tensor on a GPU, with a gradient, or of one bfloat16 becomes no array by itself
        other = getattr(value, "tolist", None) or getattr(value, "numpy", None)
        return np.asarray(other() if callable(other) else None)


def _of_numbers(found: NDArray[np.generic]) -> Figures | None:
    # "V" is bfloat16, which NumPy knows only as some bytes.
    return found.astype(np.float64) if found.dtype.kind in "iufV" else None


def _of_objects(found: NDArray[np.generic]) -> Figures | None:
    """Whole numbers of more than 64 bits, fractions and decimals."""
    values = list(found.flat)
    if not all(isinstance(one, int | float | Fraction | Decimal) and not isinstance(one, bool) for one in values):
        return None
    return np.array([float(one) for one in values], np.float64).reshape(found.shape)


def _is_text_of_a_number(value: object) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value.strip().rstrip("%")))
    except Exception:  # not even the question for its type is safe with any object
        return False


def _written(found: float) -> str:
    """A number as people write it: counts with all their digits."""
    return f"{found:.0f}" if found.is_integer() and abs(found) < 1e15 else f"{found:.4g}"
