"""Two ways to learn from rare defects: give them more weight, or show them more often. Pure.

The third way, the focal loss, is in `losses`: it gives less weight to what the network knows already.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Indices, Table, Target


def balanced_weights(target: Target) -> Target:
    """Gives the target weights float32 (N,) that make every label count the same in total; their mean is 1.

    Rows that had the weight 0 keep it, and do not count.
    """
    base = np.ones(len(target.values), np.float32) if target.weights is None else target.weights
    labels = target.values.astype(np.int64)
    totals = np.bincount(labels, weights=base, minlength=len(target.labels))
    share = np.where(totals > 0, totals, 1) * np.count_nonzero(totals) / max(totals.sum(), 1e-9)
    return replace(target, weights=(base / share[labels]).astype(np.float32))


def balanced(table: Table) -> Table:
    """Gives the targets of a table weights by `balanced_weights`; targets without labels stay as they are."""
    return replace(table, targets=tuple(balanced_weights(one) if one.labels else one for one in table.targets))


def oversampled(labels: NDArray[np.int64], *, seed: int = 0) -> Indices:
    """Repeats rows until every label comes about as often as the most frequent one.

    Each row comes as often as its label needs, rounded down; the rest is drawn at random.

    Args:
        labels: int64 (N,).
        seed: of the lot.

    Returns:
        Row numbers int64 (M,), M >= N, in ascending order.
    """
    random = np.random.default_rng(seed)
    values, counts = np.unique(labels, return_counts=True)
    chosen: list[NDArray[np.int64]] = []
    for value, count in zip(values, counts, strict=True):
        rows = np.flatnonzero(labels == value)
        whole, rest = divmod(int(counts.max()), int(count))
        chosen += [rows] * whole + [random.choice(rows, rest, replace=False)]
    return np.sort(np.concatenate(chosen)).astype(np.int64)
