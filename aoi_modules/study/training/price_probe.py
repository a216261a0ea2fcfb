"""What a price can be told from: the best weighted sum of numbers and features of pictures, reckoned at once.

A head on features learns such a sum in hundreds of epochs. For a few hundred rows its best weights follow directly, in
milliseconds (ridge regression); so inputs can be compared over folds before anything is trained. scikit-learn does the
sum. Means, spreads, codes and directions are read off the training rows of each fold, never off the others.
"""

from collections.abc import Sequence

import numpy as np

from aoi_modules.datasets.table import Indices, Table
from aoi_modules.errors import ModelError
from aoi_modules.training.features.cache import Values
from aoi_modules.training.measuring.metrics import Figures, median_absolute_percentage_error
from aoi_modules.training.networks.heads import Scale
from aoi_modules.training.networks.number_columns import NumberColumns, number_features

REINS = 100.0
"""How strongly large weights are punished."""


def out_of_fold(
    table: Table,
    fold: Indices,
    *,
    codes: Sequence[str] = (),
    looks: Values | None = None,
    components: int = 0,
    logarithm: bool = True,
    reins: float = REINS,
) -> Figures:
    """Prices of all rows, each by a weighted sum that saw no row of its fold: float64 (N,).

    Args:
        table: N rows with a price; its features, if it has any, are used.
        fold: int64 (N,), the fold of each row.
        codes: columns of the features that are codes, not quantities.
        looks: features of the pictures, float (N, F); None leaves the pictures out.
        components: directions of the looks that are kept, see `Scale.of`; 0 keeps all.
        logarithm: whether the sum is that of the price's logarithm; else of the price as it is, which may be negative.
        reins: how strongly large weights are punished.

    Raises:
        ModelError: there is nothing to reckon with, or fewer than two folds.
    """
    if table.features is None and looks is None:
        raise ModelError("price probe: expected features in the table, or looks of its pictures. Received: neither")
    names = np.unique(fold)
    if len(names) < 2:
        raise ModelError(f"fold: expected two folds or more. Received: {len(names)}")
    from sklearn.linear_model import Ridge

    prices = table.main.values.astype(np.float64)
    wanted = np.log(prices) if logarithm else prices
    answers = np.zeros(len(table))
    for name in names:
        train, test = np.flatnonzero(fold != name), np.flatnonzero(fold == name)
        read = readings(table, train, codes=codes, looks=looks, components=components)
        answers[test] = Ridge(alpha=reins).fit(read[train], wanted[train]).predict(read[test])
    return np.exp(answers) if logarithm else answers


def readings(
    table: Table, train: Indices, *, codes: Sequence[str] = (), looks: Values | None = None, components: int = 0
) -> Figures:
    """All rows as a head reads them, by what the training rows tell: float64 (N, columns)."""
    parts = []
    if table.features is not None:
        columns = NumberColumns.of(table.take(train), codes=codes)
        parts.append(np.asarray(number_features(columns, table.features)))
    if looks is not None:
        x = np.asarray(looks, np.float32)
        for layer in Scale.of(x[train], components=components).layers():
            x = layer(x)
        parts.append(np.asarray(x))
    return np.concatenate(parts, axis=1).astype(np.float64)


def fold_errors(answers: Figures, table: Table, fold: Indices) -> Figures:
    """The median absolute percentage error of each fold: float64 (K,)."""
    prices = table.main.values
    return np.array(
        [
            median_absolute_percentage_error(
                answers[fold == name].astype(np.float32), prices[fold == name].astype(np.float32)
            )
            for name in np.unique(fold)
        ]
    )
