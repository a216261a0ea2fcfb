"""An interval for any figure of pictures that come in groups: crops of one board are no strangers. No TensorFlow."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.training.measuring.metrics import Labels, Scores
from aoi_modules.training.measuring.thresholds import CONFIDENCE, Interval


def interval_by_groups(
    measure: Callable[[Scores, Labels], float],
    scores: Scores,
    labels: Labels,
    groups: Sequence[str],
    *,
    draws: int = 500,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Computes the bootstrap interval of a figure from draws of whole groups, with replacement.

    So the interval is as wide as so few groups make it. Draws for which the figure is NaN are left out.

    Args:
        measure: from scores float32 (M,) and labels int64 (M,) to the figure.
        scores: float32 (N,).
        labels: int64 (N,), 1 for defective, 0 for good.
        groups: N names, the same for pictures that belong together.
        draws: how often.
        seed: of the draws.
        confidence: of the interval, in (0, 1).

    Raises:
        ModelError: no draw has a figure.
    """
    random = np.random.default_rng(seed)
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    members = [np.flatnonzero(place == group) for group in range(len(names))]
    figures: list[float] = []
    for _ in range(draws):
        rows = np.concatenate([members[group] for group in random.integers(0, len(names), len(names))])
        figures.append(measure(scores[rows], labels[rows]))
    known = np.array([figure for figure in figures if not math.isnan(figure)])
    if not len(known):
        raise ModelError(f"interval: expected a figure in some draw of {len(names)} groups. Received: none")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
