"""Turns the numbers that come with a picture into a network's inputs: quantities standardised, codes one-hot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aoi_modules.datasets.table import Table
from aoi_modules.tf import keras

EMPHASIS = 12.0
"""Numbers are enlarged by this factor over standardised features, so that they need smaller weights. A head punishes
all weights alike, and a few numbers must hold their own against a thousand features."""


SLOPES = 0.4
"""The products of codes and quantities are reduced by this factor: each has fewer rows to be learnt from."""


@dataclass(frozen=True)
class NumberColumns:
    """How a table's features are read.

    Args:
        names: of all columns, in their order.
        mean: of each quantity's logarithm, in the order of `names` without the codes.
        spread: its standard deviation.
        codes: column -> the codes that are known; any other code counts as none of them.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    codes: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, table: Table, *, codes: Sequence[str] = (), at_least: int = 5) -> "NumberColumns":
        """Takes mean, spread and known codes from the training rows; a known code has at least `at_least` rows."""
        features = np.asarray(table.features, np.float64)
        quantities = [place for place, name in enumerate(table.feature_names) if name not in codes]
        logarithms = np.log1p(np.maximum(features[:, quantities], 0.0))
        spread = logarithms.std(axis=0)
        known = {}
        for name in codes:
            values, counts = np.unique(features[:, table.feature_names.index(name)], return_counts=True)
            known[name] = tuple(int(value) for value, count in zip(values, counts, strict=True) if count >= at_least)
        return cls(
            names=table.feature_names,
            mean=tuple(logarithms.mean(axis=0).tolist()),
            spread=tuple(np.where(spread > 0, spread, 1.0).tolist()),
            codes=known,
        )


def number_features(columns: NumberColumns, numbers: keras.KerasTensor) -> keras.KerasTensor:
    """Computes a network's inputs: float32 (N, columns) -> float32 (N, quantities + codes + products).

    A quantity becomes its logarithm, standardised. A column of codes becomes one column for each known code, and one
    for each product of known code and quantity, because a square foot costs more in some places. Then all are enlarged
    by `EMPHASIS`. Only stock operations are used, so that every engine reads the graph.
    """
    parts = []
    centred = None
    quantities = [place for place, name in enumerate(columns.names) if name not in columns.codes]
    if quantities:
        picked = keras.ops.take(numbers, quantities, axis=1)
        logarithms = keras.ops.log1p(keras.ops.relu(picked))
        centred = keras.layers.Rescaling(1.0, offset=[-value for value in columns.mean])(logarithms)
        centred = keras.layers.Rescaling([1 / value for value in columns.spread])(centred)
        parts.append(centred)
    for name, codes in columns.codes.items():
        if not codes:
            continue
        place = columns.names.index(name)
        code = keras.ops.take(numbers, [place] * len(codes), axis=1)  # (N, codes)
        distance = keras.ops.abs(keras.layers.Rescaling(1.0, offset=[-float(one) for one in codes])(code))
        known = keras.ops.relu(1.0 - distance)  # 1 where the code is equal, 0 where it is another whole number
        parts.append(known)
        if centred is not None:
            slopes = keras.layers.Flatten()(keras.ops.expand_dims(known, 2) * keras.ops.expand_dims(centred, 1))
            parts.append(keras.layers.Rescaling(SLOPES)(slopes))  # (N, codes * quantities)
    joined = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    return keras.layers.Rescaling(EMPHASIS)(joined)
