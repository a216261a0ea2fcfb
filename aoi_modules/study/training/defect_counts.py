"""How many defective pictures it takes before an escape rate can be promised. No TensorFlow."""

import math

from scipy.special import bdtr  # scikit-learn brings scipy

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring.thresholds import CONFIDENCE


def defects_needed(escape: float, *, escaped: int = 0, confidence: float = CONFIDENCE) -> int:
    """Counts the defective validation pictures that it takes to promise an escape rate.

    Args:
        escape: the rate to promise, in (0, 1).
        escaped: how many of the pictures may pass at the threshold.
        confidence: with which the promise is to hold, in (0, 1).

    Raises:
        ModelError: no such rate.
    """
    if not 0.0 < escape < 1.0:
        raise ModelError(f"escape: expected a share in (0, 1). Received: {escape}", hint="nobody can promise none")

    def enough(pictures: int) -> bool:
        return bool(bdtr(escaped, pictures, escape) <= 1 - confidence)

    high = escaped + 1
    while not enough(high):
        high *= 2
    low = max(escaped, high // 2)  # not enough, by the loop above
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def rule_of_three(escape: float) -> int:
    """Estimates `defects_needed` without an escape as one does in the head: three divided by the rate."""
    return math.ceil(3 / escape - 1e-9)
