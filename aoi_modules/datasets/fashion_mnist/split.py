"""Fashion-MNIST: ten kinds of clothes, 28x28 gray. Real when it can be found, drawn otherwise."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.fashion_mnist import idx, stand_in
from aoi_modules.datasets.sampling import by_label, limited
from aoi_modules.datasets.sources.finding import Found, find
from aoi_modules.datasets.table import Indices, Pixels, Split, Table, Target

NAME = "fashion-mnist"
TARGET = "category"
LABEL_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
VALIDATION_EVERY = 10
"""Every tenth picture of each class of upstream's training set is kept for validation."""


def load(
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    found: Found | None = None,
) -> Split:
    """Loads Fashion-MNIST, all of it or a part in which every class keeps its share.

    The test table is upstream's. Training pictures that stand byte for byte in validation or test too are left out.

    Args:
        train: pictures to train on; None takes all (some 53,900).
        validation: None takes all (some 6,000), or with a limited `train` a quarter as many.
        test: None takes all 10,000.
        seed: of the choice when limited.
        found: where the data is; None looks for it.

    Returns:
        Tables with pictures uint8 (N, 28, 28, 1) and labels int64 (N,).

    Raises:
        DataError: see `sources.find`.
    """
    found = found or find(NAME)
    learning, testing = _from_files(found.root) if found.root else _drawn()
    learning = learning.take(_not_in(learning, testing))
    held_out = _every_tenth(learning.labels)
    validating = learning.take(np.flatnonzero(held_out))
    training = learning.take(np.flatnonzero(~held_out))
    training = training.take(_not_in(training, validating))
    if validation is None and train is not None:
        validation = max(1, train // 4)
    whole = Split(training, validating, testing, found.origin)
    return limited(whole, by_label, train=train, validation=validation, test=test, seed=seed)


def _from_files(root: Path) -> tuple[Table, Table]:
    return _read(root, "train"), _read(root, "t10k")


def _read(root: Path, part: str) -> Table:
    pictures = idx.read(root / f"{part}-images-idx3-ubyte.gz")[..., np.newaxis]  # (N, 28, 28, 1)
    return _table(pictures, idx.read(root / f"{part}-labels-idx1-ubyte.gz").astype(np.int64), part)


def _drawn() -> tuple[Table, Table]:
    count, seed = stand_in.TRAIN, stand_in.SEED
    return (
        _table(*stand_in.draw(count, seed), "drawn-train"),
        _table(*stand_in.draw(stand_in.TEST, seed + 1), "drawn-test"),
    )


def _table(pictures: Pixels, labels: Indices, part: str) -> Table:
    ids = tuple(f"{part}/{i:05d}" for i in range(len(labels)))
    return Table(pictures, (Target(TARGET, labels, LABEL_NAMES),), ids)


def _not_in(table: Table, other: Table) -> Indices:
    """The rows of `table` whose picture is not in `other`: a picture seen in training proves nothing in a test."""
    known = {bytes(picture) for picture in other.pictures}
    return np.array([i for i, picture in enumerate(table.pictures) if bytes(picture) not in known], np.int64)


def _every_tenth(labels: Indices) -> NDArray[np.bool_]:
    """True for every tenth row of each label: bool (N,)."""
    chosen = np.zeros(len(labels), np.bool_)
    for label in range(len(LABEL_NAMES)):
        chosen[np.flatnonzero(labels == label)[VALIDATION_EVERY - 1 :: VALIDATION_EVERY]] = True
    return chosen
