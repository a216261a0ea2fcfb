"""How well a price can be told from numbers, from pictures and from both, before any training.

A head on features learns a weighted sum in hundreds of epochs. For a few hundred rows scikit-learn computes the best
weights directly, in milliseconds (ridge regression). So inputs can be compared over folds before anything is trained.
Means, spreads, codes and directions come from the training rows of each fold, never from the others.
"""

from collections.abc import Sequence

import numpy as np

from aoi_modules.datasets.table import Indices, Table
from aoi_modules.errors import ModelError
from aoi_modules.training.features.cache import Features
from aoi_modules.training.measuring.metrics import Figures, median_absolute_percentage_error
from aoi_modules.training.networks.heads import Scale
from aoi_modules.training.networks.number_columns import NumberColumns, number_features

L2 = 100.0
"""How strongly large weights are punished."""


def out_of_fold(
    table: Table,
    fold: Indices,
    *,
    codes: Sequence[str] = (),
    picture_features: Features | None = None,
    components: int = 0,
    logarithm: bool = True,
    l2: float = L2,
) -> Figures:
    """Computes the price of every row by a weighted sum that saw no row of its fold: float64 (N,).

    Args:
        table: N rows with a price; its features, if it has any, are used.
        fold: int64 (N,), the fold of each row.
        codes: columns of the features that are codes, not quantities.
        picture_features: float (N, F); None leaves the pictures out.
        components: directions of the picture features that are kept, see `Scale.of`; 0 keeps all.
        logarithm: whether the sum is that of the price's logarithm; else of the price as it is, which may be negative.
        l2: how strongly large weights are punished.

    Raises:
        ModelError: the table has no features and none are given, or there are fewer than two folds.
    """
    if table.features is None and picture_features is None:
        raise ModelError("price probe: expected features in the table, or picture_features. Received: neither")
    names = np.unique(fold)
    if len(names) < 2:
        raise ModelError(f"fold: expected two folds or more. Received: {len(names)}")
    from sklearn.linear_model import Ridge

    prices = table.main.values.astype(np.float64)
    wanted = np.log(prices) if logarithm else prices
    answers = np.zeros(len(table))
    for name in names:
        train, test = np.flatnonzero(fold != name), np.flatnonzero(fold == name)
        read = readings(table, train, codes=codes, picture_features=picture_features, components=components)
        answers[test] = Ridge(alpha=l2).fit(read[train], wanted[train]).predict(read[test])
    return np.exp(answers) if logarithm else answers


def readings(
    table: Table,
    train: Indices,
    *,
    codes: Sequence[str] = (),
    picture_features: Features | None = None,
    components: int = 0,
) -> Figures:
    """Gives all rows as a head reads them: float64 (N, columns).

    Args:
        table: N rows; its features, if it has any, are used.
        train: int64 (M,), the rows whose means, spreads, codes and directions are used for all.
        codes: columns of the features that are codes, not quantities.
        picture_features: float (N, F); None leaves the pictures out.
        components: directions of the picture features that are kept, see `Scale.of`; 0 keeps all.
    """
    parts = []
    if table.features is not None:
        columns = NumberColumns.of(table.take(train), codes=codes)
        parts.append(np.asarray(number_features(columns, table.features)))
    if picture_features is not None:
        x = np.asarray(picture_features, np.float32)
        for layer in Scale.of(x[train], components=components).layers():
            x = layer(x)
        parts.append(np.asarray(x))
    return np.concatenate(parts, axis=1).astype(np.float64)


def fold_errors(answers: Figures, table: Table, fold: Indices) -> Figures:
    """Computes the median absolute percentage error of each fold: float64 (K,), in the order of the folds' numbers.

    Args:
        answers: float64 (N,), prices.
        table: the N rows with their true prices.
        fold: int64 (N,), the fold of each row, K different ones.
    """
    prices = table.main.values
    return np.array(
        [
            median_absolute_percentage_error(
                answers[fold == name].astype(np.float32), prices[fold == name].astype(np.float32)
            )
            for name in np.unique(fold)
        ]
    )
