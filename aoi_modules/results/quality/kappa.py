"""Kappa: how far judges agree beyond what they would by chance.

kappa = (a - c) / (1 - c), for the share a of pairs of calls that agree, and the share c that would if each call were
drawn from how often its judge uses a verdict. 1 is perfect, 0 is chance. AIAG's manual (see `agreement`) calls more
than 0.75 good to excellent and less than 0.40 poor.

Sources:

- J. Cohen: A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20 (1960) 37-46.
- J. L. Fleiss: Measuring nominal scale agreement among many raters. Psychological Bulletin 76 (1971) 378-382.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.results.quality.intervals import Interval, exact_interval

Calls = NDArray[np.int64]
"""Places of verdicts, (parts, calls of each part)."""


class Kappa(msgspec.Struct, frozen=True, kw_only=True):
    """A kappa with its 95% interval; both null where every call is the same, so that chance alone agrees fully."""

    value: float | None
    """In [-1, 1]; below 0 for less agreement than by chance."""
    interval: Interval | None


def cohen(first: Calls, second: Calls) -> Kappa:
    """Computes Cohen's kappa between two judges, each call of a part by the one with each by the other.

    Args:
        first: calls of one judge, (P, A).
        second: calls of the other, (P, B).
    """
    verdicts = int(max(first.max(), second.max())) + 1
    one, other = shares(first, verdicts), shares(second, verdicts)  # (P, verdicts)
    return _kappa((one * other).sum(axis=1), float(one.mean(axis=0) @ other.mean(axis=0)))


def fleiss(calls: Calls) -> Kappa:
    """Computes Fleiss' kappa among all calls of a part: those of one judge, or of all.

    Args:
        calls: (P, C), C at least 2.
    """
    number = calls.shape[1]
    each = shares(calls, int(calls.max()) + 1)  # (P, verdicts)
    alike = ((each**2).sum(axis=1) * number - 1) / (number - 1)
    return _kappa(alike, float((each.mean(axis=0) ** 2).sum()))


def shares(calls: Calls, verdicts: int) -> NDArray[np.float64]:
    """Counts which share of a part's calls each verdict has, (P, verdicts)."""
    counted: NDArray[np.float64] = (calls[:, :, np.newaxis] == np.arange(verdicts)).mean(axis=1)
    return counted


def _kappa(alike: NDArray[np.float64], chance: float) -> Kappa:
    """Kappa from the share of pairs that agree about each part.

    The interval takes what agrees by chance as known, as Cohen's own standard error does. Its limits are exact ones of
    the agreement, with a part as one piece of evidence however often it was shown: so full agreement about few parts
    proves little, as it should.
    """
    if chance >= 1.0:
        return Kappa(value=None, interval=None)
    low, high = exact_interval(float(alike.sum()), len(alike))
    value, lower, upper = ((share - chance) / (1 - chance) for share in (float(alike.mean()), low, high))
    return Kappa(value=value, interval=(max(-1.0, lower), upper))
