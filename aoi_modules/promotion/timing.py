"""How long two versions take for a picture on one machine, by turns: their ratio, whatever else the machine does."""

import math
import statistics
import time
from collections.abc import Callable, Sequence

import msgspec

_TAIL = 0.025
"""Chance with which the median lies beyond each end of its interval."""
Ask = Callable[[], object]


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """Times as long as the version in service the candidate takes."""

    median: float
    interval: tuple[float, float] | None
    """Exact 95% limits of the median; None of so few rounds that there are none."""
    candidate_ms: float
    """Median of its calls, in milliseconds."""
    incumbent_ms: float


def measure(incumbent: Ask, candidate: Ask, *, rounds: int, calls: int) -> Ratio:
    """Asks both by turns and measures.

    Args:
        incumbent: one call to the version in service.
        candidate: one call to the candidate.
        rounds: each gives a ratio of two medians; who begins changes from round to round.
        calls: of each in a round.
    """
    incumbent(), candidate()  # who is asked first opens the connection
    ours, theirs, ratios = list[float](), list[float](), list[float]()
    for number in range(rounds):
        both = [(candidate, list[float]()), (incumbent, list[float]())]
        for ask, times in both if number % 2 else reversed(both):
            times += [_milliseconds(ask) for _ in range(calls)]
        (_, mine), (_, other) = both
        ratios.append(statistics.median(mine) / statistics.median(other))
        ours += mine
        theirs += other
    return Ratio(
        median=statistics.median(ratios),
        interval=median_interval(ratios),
        candidate_ms=statistics.median(ours),
        incumbent_ms=statistics.median(theirs),
    )


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Finds values between which the median lies with 95%, whatever the distribution; None of fewer than six.

    How many of n values are below the median is binomial with n and 1/2.
    """
    below = chance = 0
    count = len(values)
    while count and (chance := chance + math.comb(count, below)) <= _TAIL * 2**count:
        below += 1
    if not below:
        return None
    ordered = sorted(values)
    return ordered[below - 1], ordered[count - below]


def _milliseconds(ask: Ask) -> float:
    begin = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - begin)
