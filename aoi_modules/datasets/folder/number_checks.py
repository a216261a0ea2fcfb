"""Columns of numbers that a model cannot learn from, or should not: serial numbers, constants, digits that are lost.

Models compute in float32: about seven digits, up to 3.4e38. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from aoi_modules.datasets.folder.columns import AskColumn
from aoi_modules.errors import Argument, DataError

LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).tiny)
"""Smaller numbers than this are zero to processors that hurry."""
_FEWEST = 6
"""Rows that tell a serial number: two whole measurements may well differ."""
_LOST = 0.1
"""Where more of a column's different values than this share become equal, the column says something else to a model."""
_FEATURES = Argument("features", ...)


@dataclass(frozen=True)
class NumberColumn:
    """The numbers of a column: its name, and the line and value of each row."""

    name: str
    lines: Sequence[int]
    values: Sequence[float]


def too_large(value: float) -> bool:
    """Whether float32 cannot hold a number."""
    return not abs(value) <= LARGEST


def check_digits(path: object, column: NumberColumn) -> str | None:
    """Looks for different numbers that are one number in float32; gives a sentence where they are few, none if none.

    Raises:
        DataError: whole numbers become equal, or many others do; names two of them.
    """
    values = np.asarray(column.values, np.float64)
    seen = values.astype(np.float32)
    seen[np.abs(seen) < SMALLEST] = 0.0
    different, first = np.unique(values, return_index=True)
    order = np.argsort(seen[first], kind="stable")
    equal = np.flatnonzero(seen[first][order][1:] == seen[first][order][:-1])
    if not len(equal):
        return None
    a, b = (int(first[order[place]]) for place in (equal[0], equal[0] + 1))
    said = (
        f"{column.name}: {_text(values[a])} in line {column.lines[a]} and {_text(values[b])} in line {column.lines[b]}"
        " are one number to a model, which computes with seven digits"
    )
    whole = bool(np.all(values[[a, b]] == np.floor(values[[a, b]])))
    if whole or len(equal) > _LOST * len(different):
        raise DataError(
            f"{path}: {said}",
            hint=f"subtract a number that all have in common, or name the columns to learn from: {_FEATURES}",
            arguments=[_FEATURES],
        )
    return said


def is_serial(column: NumberColumn) -> bool:
    """Whether the values are whole and all different, as serial numbers are."""
    values = np.asarray(column.values, np.float64)
    return len(values) >= _FEWEST and bool(np.all(values == np.floor(values))) and len(np.unique(values)) == len(values)


def without_serials(
    path: object, columns: Iterable[NumberColumn], ask: AskColumn | None
) -> tuple[tuple[str, ...], list[str]]:
    """Asks about columns that look like serial numbers: which columns to learn from, and what was left out.

    Raises:
        DataError: nobody can be asked.
    """
    columns = list(columns)
    strange = [column for column in columns if is_serial(column)]
    kept = [column.name for column in columns if column not in strange]
    left: list[str] = []
    for column in strange:
        what = f"{column.name}: whole and different in every row, like a serial number ({_examples(column)})"
        if ask is None:
            all_names = Argument("features", tuple(one.name for one in columns))
            others = Argument("features", tuple(kept))
            raise DataError(
                f"{path}: {what}; a model would learn the numbers by heart",
                hint=f"{others} leaves it out, {all_names} learns from it",
                arguments=[others, all_names],
            )
        if ask(what):
            kept.append(column.name)
        else:
            left.append(f"the column {column.name}: a serial number, nothing was learnt from it")
    return tuple(column.name for column in columns if column.name in kept), left


def constant(column: NumberColumn) -> str | None:
    """Gives a sentence about a column that has one value only; None for others."""
    if len(set(column.values)) != 1:
        return None
    return f"{column.name}: {column.values[0]:g} in every row, so nothing can be learnt from it"


def _examples(column: NumberColumn) -> str:
    return ", ".join(map(_text, column.values[:3]))


def _text(value: float) -> str:
    """A number with all its digits."""
    return repr(float(value)).removesuffix(".0")
