"""Two lines with different time for a picture, so that the best backbone of a table is not the same for both.

No TensorFlow.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Protocol

FAST, SLOW = "fast line", "slow line"


class Timed(Protocol):
    """A row of the baseline, as far as it matters here."""

    @property
    def latency_ms(self) -> float:
        """Milliseconds for one picture."""

    @property
    def auroc(self) -> float:
        """How often a defective picture gets a higher score than a good one."""


def time_limits(rows: Sequence[Timed]) -> Mapping[str, float]:
    """Finds how many milliseconds each line has for the backbone.

    The fast line is just too fast for the row with the highest AUROC, unless that one is the fastest of all. The slow
    line has time for every row.

    Args:
        rows: at least one.
    """
    ordered = sorted(rows, key=lambda row: row.latency_ms)
    best = max(range(len(ordered)), key=lambda place: ordered[place].auroc)
    above = min(max(1, best), len(ordered) - 1)
    below = max(0, above - 1)
    return {
        FAST: sqrt(ordered[below].latency_ms * ordered[above].latency_ms),
        SLOW: 2 * ordered[-1].latency_ms,
    }
