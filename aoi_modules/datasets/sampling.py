"""Chooses which rows go into which table by fixed rules, the same on every machine. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from aoi_modules.datasets.table import Indices, Split, Table
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin

FOLDS = 5
"""Into so many parts a data set is dealt when it is split."""
TEST_FOLD, VALIDATION_FOLD = 0, 1
"""All other parts are for training."""
Strata = Callable[[Table], Sequence[object]]
"""Gives the stratum of each row of a table: what a limited table keeps in proportion."""


def by_label(table: Table) -> Sequence[object]:
    """Gives the main target's label of each row."""
    labels: list[int] = table.labels.tolist()
    return labels


def by_kind(table: Table) -> Sequence[object]:
    """Gives the kind of each row."""
    return table.kinds


def by_folds(table: Table, fold: Indices, origin: DataOrigin) -> Split:
    """Splits a table: one fold for the test, one for validation, all others to train on.

    Args:
        table: N rows.
        fold: int64 (N,), the fold of each row.
        origin: of the pictures.
    """
    tested, tried = fold == TEST_FOLD, fold == VALIDATION_FOLD
    train, validation, test = (table.take(np.flatnonzero(rows)) for rows in (~tested & ~tried, tried, tested))
    return Split(train, validation, test, origin)


def limited(
    split: Split,
    strata: Strata,
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
) -> Split:
    """Cuts the tables of a split down, so that each stratum keeps nearly its share; `unseen` stays as it is.

    Args:
        split: the whole data set.
        strata: what to keep in proportion.
        train: rows to keep of the training table; None, or more than there are, keeps all in their order.
        validation: likewise.
        test: likewise.
        seed: of the choice.

    Raises:
        DataError: a number is too small for one row of each stratum.
    """

    def cut(name: str, table: Table, count: int | None) -> Table:
        if count is None:
            return table
        found = strata(table)
        fewest = len(set(found))
        if count < min(fewest, len(table)):
            raise DataError(f"{name}: expected at least {fewest} pictures, one of each class. Received: {count}")
        return table.take(stratified(found, count, seed))

    return replace(
        split,
        train=cut("train", split.train, train),
        validation=cut("validation", split.validation, validation),
        test=cut("test", split.test, test),
    )


def stratified(strata: Sequence[object], count: int | None, seed: int) -> Indices:
    """Draws `count` of N rows in which each stratum has nearly its share, and one row if there is room; None draws all.

    Each stratum is shuffled, then its rows are spread evenly over [0, 1). Drawn are the first of each stratum, and of
    the others as many as are wanted, in that order. So a larger draw with the same seed contains the smaller one.

    Args:
        strata: what to keep in proportion, one for each of the N rows.
        count: rows to draw; more than there are means all.
        seed: of the shuffle.

    Returns:
        int64 (count,), positions in [0, N), each once.

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
    firsts: list[tuple[float, float, int]] = []
    others: list[tuple[float, float, int]] = []
    for rows in rows_of.values():
        shuffled = random.permutation(rows)
        line = [((place + 0.5) / len(rows), random.random(), int(row)) for place, row in enumerate(shuffled)]
        firsts.append(line[0])
        others += line[1:]
    drawn = (sorted(firsts) + sorted(others))[:count]
    return np.array([row for _, _, row in sorted(drawn)], np.int64)


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
