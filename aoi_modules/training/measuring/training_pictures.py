"""How bright and how sharp the pictures are that a model learns from: the line's pictures are compared with them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Indices, Table, Target
from aoi_modules.modelstore.manifest import Head
from aoi_modules.modelstore.reference import Reference
from aoi_modules.pictures.quality import Quality, measure, measure_file

MOST = 200
"""Pictures that are measured, spread evenly over the table: a deviation is known to 5% by then."""


def reference_of(table: Table, heads: Sequence[Head]) -> Reference | None:
    """Measures training pictures, as the camera gives them; None of an empty table.

    Those of good parts stand for what comes on a line. Where no head judges, or no part is good, all do.

    Args:
        table: what the model learns from.
        heads: of the model.

    Raises:
        NotAPicture: a picture cannot be read any more; names it.
    """
    rows = _good(table, heads)
    chosen = rows[np.linspace(0, len(rows) - 1, min(MOST, len(rows))).astype(int)]
    return Reference.of([_measured(table, row) for row in chosen.tolist()])


def _good(table: Table, heads: Sequence[Head]) -> Indices:
    """The rows of parts that no head may fail, int64 (M,); all rows where there are none."""
    judging = [head for head in heads if head.judges]
    good = np.full(len(table), bool(judging))
    for head in judging:
        good &= _good_for(head, table.target(head.name))
    return np.flatnonzero(good if good.any() else np.ones(len(table), bool))


def _good_for(head: Head, target: Target) -> NDArray[np.bool_]:
    """Which rows are good to a head, bool (N,); those that do not count for it are."""
    labels = [0] if head.kind == "defect" else [at for at, label in enumerate(head.labels) if label in head.good]
    good = np.isin(target.values, labels)
    return good if target.weights is None else good | (target.weights == 0)


def _measured(table: Table, row: int) -> Quality:
    if isinstance(table.pictures, np.ndarray):
        return measure(table.pictures[row])
    return measure_file(table.encoded(row))
