"""Which rows of a table go where: fixed rules, the same on every machine. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from aoi_modules.datasets.table import Indices
from aoi_modules.errors import DataError

FOLDS = 5


def stratified(strata: Sequence[object], count: int | None, seed: int) -> Indices:
    """Draws `count` rows in which each stratum has nearly its share; all rows in their order when `count` is None.

    Each stratum is shuffled, then its rows are spread evenly over [0, 1); the first `count` rows of that line are
    drawn. So a larger draw with the same seed contains the smaller one.

    Args:
        strata: what to keep in proportion, one a row.
        count: rows to draw; more than there are means all.
        seed: of the shuffle.

    Raises:
        DataError: `count` is less than one row.
    """
    if count is None or count >= len(strata):
        return np.arange(len(strata), dtype=np.int64)
    if count < 1:
        raise DataError(f"count: expected at least 1 picture. Received: {count}")
    rows_of: dict[object, list[int]] = defaultdict(list)
    for row, stratum in enumerate(strata):
        rows_of[stratum].append(row)
    random = np.random.default_rng(seed)
    line: list[tuple[float, float, int]] = []
    for rows in rows_of.values():
        shuffled = random.permutation(rows)
        line += [((place + 0.5) / len(rows), random.random(), int(row)) for place, row in enumerate(shuffled)]
    return np.array([row for _, _, row in sorted(line)[:count]], np.int64)


def folds(stratum_of: Mapping[str, str], count: int = FOLDS) -> dict[str, int]:
    """Deals groups into folds, stratum by stratum.

    The order is that of a hash of the group's name, so the deal depends on the names alone.

    Args:
        stratum_of: group -> stratum.
        count: folds to deal into, at least 2.

    Returns:
        Group -> fold in [0, count).

    Raises:
        DataError: fewer than two folds.
    """
    if count < 2:
        raise DataError(f"folds: expected at least 2. Received: {count}")
    groups_of: dict[str, list[str]] = defaultdict(list)
    for group, stratum in stratum_of.items():
        groups_of[stratum].append(group)
    dealt: dict[str, int] = {}
    for stratum in sorted(groups_of):
        for place, group in enumerate(sorted(groups_of[stratum], key=_hash)):
            dealt[group] = place % count
    return dealt


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
