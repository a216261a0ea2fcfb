"""Turns the numbers that come with a picture into a network's inputs: quantities standardised, codes one-hot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Table
from aoi_modules.tf import keras

Figures = NDArray[np.float64]

EMPHASIS = 12.0
"""Numbers are enlarged by this factor over 16 standardised features beside them, so that they need smaller weights. A
head punishes all weights alike, and moves all by steps of one length: a few numbers must hold their own."""


SLOPES = 0.4
"""The products of codes and quantities are reduced by this factor: each has fewer rows to be learnt from."""
_LEAST = 1e-37
"""Smaller spreads have no inverse in float32."""


@dataclass(frozen=True)
class Quantity:
    """One input that is made of a column: its signed logarithm, or itself, standardised.

    Args:
        place: of the column.
        unit: of the logarithm: `log(1 + x / unit)`, and for x below 0 `-log(1 - x / unit)`; None for the value itself.
        mean: in the training rows.
        spread: standard deviation in the training rows; 1 for a column that never moves.
    """

    place: int
    unit: float | None
    mean: float
    spread: float

    @classmethod
    def of(cls, place: int, values: Figures, unit: float | None) -> "Quantity":
        """Takes mean and spread from a column's values in the training rows, float64 (N,)."""
        read = signed_logarithm(values, unit)
        spread = float(read.std())
        return cls(place, unit, float(read.mean()), spread if spread > _LEAST else 1.0)

    def tells_apart(self, ordered: Figures) -> NDArray[np.bool_]:
        """Says of each two neighbours of a rising column, float64 (N,), whether they stay different: bool (N - 1,)."""
        read = signed_logarithm(ordered.astype(np.float32), self.unit)
        centred = (read - np.float32(self.mean)) * np.float32(1 / self.spread)
        # Engines compute logarithms that differ in the last digit: neighbours need a little room.
        room = 0.0 if self.unit is None else 2 * np.spacing(np.abs(read[1:]))
        apart = (np.diff(read) > room) & (np.diff(centred) > 0)
        return apart & np.isfinite(centred[1:]) & np.isfinite(centred[:-1])


@dataclass(frozen=True)
class NumberColumns:
    """How a table's features are read.

    Args:
        names: of all columns, in their order.
        quantities: the inputs that are made of columns of quantities.
        codes: column -> the codes that are known; any other code counts as none of them.
    """

    names: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    codes: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, table: Table, *, codes: Sequence[str] = (), at_least: int = 5) -> "NumberColumns":
        """Takes mean, spread and known codes from the training rows; a known code has at least `at_least` rows."""
        features = np.asarray(table.features, np.float64)
        quantities: list[Quantity] = []
        known = {}
        for place, name in enumerate(table.feature_names):
            if name not in codes:
                quantities += _quantities(place, features[:, place])
        for name in codes:
            values, counts = np.unique(features[:, table.feature_names.index(name)], return_counts=True)
            known[name] = tuple(int(value) for value, count in zip(values, counts, strict=True) if count >= at_least)
        return cls(names=table.feature_names, quantities=tuple(quantities), codes=known)


def signed_logarithm(values: Figures | NDArray[np.float32], unit: float | None) -> Figures:
    """Gives values as a `Quantity` of that unit reads them before they are standardised; their own type, (N,)."""
    if unit is None:
        return values  # type: ignore[return-value]
    with np.errstate(over="ignore"):
        scaled = values * values.dtype.type(1 / unit)
    read: Figures = np.log1p(np.maximum(scaled, 0)) - np.log1p(np.maximum(-scaled, 0))
    return read


def _quantities(place: int, values: Figures) -> list[Quantity]:
    """As few inputs of a column as tell all its values apart: its logarithm, if need be itself, if need be finer ones.

    In float32 a logarithm loses the small differences of large numbers, such as a pressure of 1,013,250 Pa, and a sum
    those of small numbers, such as currents from a picoampere to a milliampere.
    """
    ordered = np.unique(values)
    smallest = float(np.abs(ordered[ordered != 0]).min(initial=np.inf))
    quantities: list[Quantity] = []
    told = np.zeros(len(ordered) - 1, bool)
    for unit in (1.0, None, smallest):
        if unit == np.inf or (quantities and told.all()):
            break
        found = Quantity.of(place, values, unit)
        apart = found.tells_apart(ordered)
        if not quantities or np.any(apart & ~told):
            quantities.append(found)
            told |= apart
    return quantities


def emphasis(features: int) -> float:
    """Gives the factor for numbers beside so many standardised features: 12 beside 16, and more beside more.

    While it learns little, a head knows each training picture by the sum of all its features, whose length grows with
    the root of their number. With the factor of 16, a column that tells good from bad all alone was drowned by 2,560.
    """
    return EMPHASIS * math.sqrt(max(features, 16) / 16)


def number_features(
    columns: NumberColumns, numbers: keras.KerasTensor, *, factor: float = EMPHASIS
) -> keras.KerasTensor:
    """Computes a network's inputs: float32 (N, columns) -> float32 (N, quantities + codes + products).

    A quantity becomes its signed logarithm, standardised, so no two values become one. A column of codes becomes one
    column for each known code, and one for each product of known code and quantity, because a square foot costs more in
    some places. Then all are enlarged by `factor`, see `emphasis`. Only stock operations are used, so that every engine
    reads the graph.
    """
    parts = []
    centred = _centred(columns.quantities, numbers) if columns.quantities else None
    if centred is not None:
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
    return keras.layers.Rescaling(factor)(joined)


def _centred(quantities: Sequence[Quantity], numbers: keras.KerasTensor) -> keras.KerasTensor:
    """float32 (N, columns) -> float32 (N, quantities), logarithms first; each standardised."""
    logarithms = [one for one in quantities if one.unit is not None]
    plain = [one for one in quantities if one.unit is None]
    read = []
    if logarithms:
        scaled = keras.ops.take(numbers, [one.place for one in logarithms], axis=1)
        if any(one.unit != 1.0 for one in logarithms):
            scaled = keras.layers.Rescaling([1 / one.unit for one in logarithms if one.unit])(scaled)
        above, below = keras.ops.relu(scaled), keras.ops.relu(-scaled)
        read.append(keras.ops.log1p(above) - keras.ops.log1p(below))
    if plain:
        read.append(keras.ops.take(numbers, [one.place for one in plain], axis=1))
    joined = read[0] if len(read) == 1 else keras.layers.Concatenate()(read)
    centred = keras.layers.Rescaling(1.0, offset=[-one.mean for one in (*logarithms, *plain)])(joined)
    return keras.layers.Rescaling([1 / one.spread for one in (*logarithms, *plain)])(centred)
