"""From values to places on an axis, and the round values at which an axis is marked."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NARROWEST = 1e-6
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A straight axis.

    Args:
        low, high: values at its ends; high is the larger one.
        start, end: their places, in pixels; a vertical axis starts below.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; one beyond an end is put there."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def round_range(values: Iterable[float], *, most: int, from_zero: bool, end: float = 1.0) -> tuple[float, float]:
    """Finds round ends of an axis for some values.

    Args:
        values: at least 0 and at most `end`; without any, the axis is whole.
        most: marks.
        from_zero: whether the axis has to begin at 0.
        end: the largest value that can be, as 1 for a share.
    """
    known = sorted(values)
    if not known:
        return 0.0, end
    low, high = 0.0 if from_zero else known[0], known[-1]
    if high - low < _NARROWEST * end:
        low, high = (low, low + 0.01 * end) if low <= 0.99 * end else (0.99 * end, end)
    step = _step(high - low, most)
    return max(0.0, math.floor(low / step + 1e-9) * step), min(end, math.ceil(high / step - 1e-9) * step)


def marks(low: float, high: float, most: int) -> list[float]:
    """The round values from low to high, about `most` of them at most."""
    step = _step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def percents(values: Sequence[float]) -> list[str]:
    """Marks of a share's axis in percent, all with as many digits as their distance needs."""
    return [f"{value:.{_digits(values, 100)}%}" for value in values]


def decimals(values: Sequence[float]) -> list[str]:
    """Marks of an axis as plain numbers, all with as many digits as their distance needs."""
    return [f"{value:,.{_digits(values, 1)}f}" for value in values]


def percent(value: float) -> str:
    """A share in percent, with three digits that count; nothing but 0 is 0%, and nothing but 1 is 100%."""
    if value in (0.0, 1.0):
        return f"{value:.0%}"
    if value >= 0.999:
        return f"{value:.2%}" if value < 0.9999 else "over 99.99%"
    if value < 0.00001:
        return "under 0.001%"
    digits = max(1, 2 - math.floor(math.log10(value * 100)))
    return f"{value:.{digits}%}"


def parts(value: float) -> str:
    """A number of parts: counted ones are whole; estimated ones get a digit where they are few."""
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:,.1f}"


def _step(width: float, most: int) -> float:
    """The smallest round step of which at most so many lie in a width."""
    least = max(width, 1e-12) / max(1, most)
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def _digits(values: Sequence[float], times: int) -> int:
    if len(values) < 2:
        return 2 if times == 1 else 1
    step = (values[1] - values[0]) * times
    return max(0, -math.floor(math.log10(step) + 1e-9))
