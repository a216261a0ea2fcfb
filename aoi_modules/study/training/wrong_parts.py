"""Makes a defect problem from Fashion-MNIST: a machine packs sneakers, and now and then another shoe is among them.

As on a line, very few of the training parts are wrong. The tables to measure with hold a larger share of wrong parts,
because figures of a handful say nothing; so their share is not that of the line.
"""

from dataclasses import replace

import numpy as np

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.sampling import stratified
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import DataError

NAME = "wrong-parts"
TARGET = "defect"
LABEL_NAMES = ("good", "wrong part")
GOOD = "Sneaker"
WRONG = ("Sandal", "Ankle boot")
TRAIN_SHARE, VALIDATION_SHARE, TEST_SHARE = 0.03, 0.1, 0.25
"""Share of the parts in each table that are wrong."""


def load(
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    found: Found | None = None,
) -> Split:
    """Loads sneakers with a few other shoes among them, split as `fashion_mnist.load` does.

    Args:
        train: parts to train on; None takes all sneakers (some 5,400) and as many wrong parts as the share needs.
        validation: likewise, of some 600 sneakers.
        test: likewise, of 1,000 sneakers.
        seed: of the choice.
        found: where Fashion-MNIST is; None looks for it.

    Returns:
        Tables with pictures uint8 (N, 28, 28, 1), labels int64 (N,), 1 for a wrong part, and the shoe as kind.

    Raises:
        DataError: see `sources.find`; or a number of parts that holds no sneaker.
    """
    garments = fashion_mnist.load(found=found)
    return Split(
        train=mixed(garments.train, TRAIN_SHARE, train, seed),
        validation=mixed(garments.validation, VALIDATION_SHARE, validation, seed),
        test=mixed(garments.test, TEST_SHARE, test, seed),
        origin=garments.origin,
    )


def mixed(garments: Table, share: float, count: int | None = None, seed: int = 0) -> Table:
    """Mixes sneakers with a share of wrong parts, at least one, in the order of the table.

    Args:
        garments: of Fashion-MNIST's ten classes.
        share: of wrong parts, in (0, 1).
        count: rows; None, or more than there are, takes all sneakers.
        seed: of the choice.

    Raises:
        DataError: `count` leaves no room for a sneaker and a wrong part.
    """
    good = np.flatnonzero(garments.labels == garments.label_names.index(GOOD))
    wrong = np.flatnonzero(np.isin(garments.labels, [garments.label_names.index(name) for name in WRONG]))
    most = round(len(good) / (1 - share))
    total = most if count is None else min(count, most)
    if total < 2:
        raise DataError(f"count: expected at least 2 parts, one good and one wrong. Received: {total}")
    bad = max(1, round(total * share))
    chosen = [
        good[stratified([GOOD] * len(good), total - bad, seed)],
        wrong[stratified(garments.labels[wrong].tolist(), bad, seed)],
    ]
    rows = garments.take(np.sort(np.concatenate(chosen)))
    kinds = tuple(rows.label_name(row) for row in range(len(rows)))
    labels = np.array([kind != GOOD for kind in kinds], np.int64)
    return replace(rows, targets=(Target(TARGET, labels, LABEL_NAMES),), kinds=kinds)
