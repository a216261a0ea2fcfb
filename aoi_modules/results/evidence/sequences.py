"""Limits of a share that hold however often somebody looks: a confidence sequence. Pure.

An interval for one look fails sooner or later if it is computed anew after each judged part: whoever waits for a lucky
moment finds one. The limits here hold at all moments together. They are the shares at which the posterior density,
under an even prior, is at least the risk:

    { p : p^k (1 - p)^(n - k) / B(k + 1, n - k + 1)  >=  risk }

The inverse of the left side is a martingale for the true share that begins at 1, so with a chance of at most `risk` it
ever exceeds 1 / risk (J. Ville 1939; H. Robbins, Statistical methods related to the law of the iterated logarithm,
Annals of Mathematical Statistics 41 (1970) 1397-1409; in this form I. Waudby-Smith, A. Ramdas, Confidence sequences for
sampling without replacement, NeurIPS 2020). The price is an interval about one and a half times as wide as that of
Clopper and Pearson.
"""

import math
from collections.abc import Callable

_STEPS = 60
"""Of the bisection: below what a float tells apart."""


def share_sequence(hits: float, total: float, risk: float) -> tuple[float, float]:
    """Gives the limits of a share, of which one is wrong at any moment with a chance of at most `risk`.

    Args:
        hits: so many were so; no whole number where some stand for several.
        total: of so many; 0 says nothing about the share.
        risk: in (0, 1).

    Raises:
        ValueError: numbers that cannot be.
    """
    if not 0.0 <= hits <= total or not 0.0 < risk < 1.0:
        raise ValueError(f"expected 0 <= hits <= total, and a risk in (0, 1). Received: {hits}, {total}, {risk}")
    if total == 0:
        return 0.0, 1.0
    norm = math.lgamma(hits + 1) + math.lgamma(total - hits + 1) - math.lgamma(total + 2)
    floor = math.log(risk) + norm

    def believed(share: float) -> bool:
        return _log_likelihood(hits, total, share) >= floor

    mode = hits / total
    return _edge(believed, mode, 0.0), _edge(believed, mode, 1.0)


def _log_likelihood(hits: float, total: float, share: float) -> float:
    """Of a share; 0 * log(0) is 0."""
    yes = hits * math.log(share) if share > 0 else (-math.inf if hits else 0.0)
    no = (total - hits) * math.log1p(-share) if share < 1 else (-math.inf if total > hits else 0.0)
    return yes + no


def _edge(believed: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where belief ends between two shares, rounded outwards."""
    if believed(outside):
        return outside
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if believed(middle) else (inside, middle)
    return outside
