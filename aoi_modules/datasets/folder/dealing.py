"""Which picture is in which table: as the data set says, and by a fixed deal where it says nothing. Pure.

Where nothing is said, 60% of each class is for training, 20% for validation, 20% for the test, by a hash of the files'
content. So the same pictures give the same tables, whatever the files are called. Identical pictures are always in the
same table, and so are the rows of one group. When pictures are added, others may change their table. Folders or a
column that say the table keep each picture in its own.

A set that says `train` and `test` only has 20% of each class of its training pictures dealt into the validation, by the
same rule. Nothing is ever learnt from what the set calls test.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.labelled_checks import Checked, keys, rank
from aoi_modules.datasets.folder.layouts import PARTS
from aoi_modules.datasets.table import Indices
from aoi_modules.datasets.twins import joined
from aoi_modules.errors import Argument, DataError

_BY_DEAL = "a deal of whole groups"
_GOOD_ONLY = Argument("good_only", True)
_FOLD_OF = {"validation": sampling.VALIDATION_FOLD, "test": sampling.TEST_FOLD}


def tables_of(
    path: Path, checked: Sequence[Checked], said_by: str, *, everywhere: Collection[str] | None = None
) -> tuple[Indices, tuple[str, ...]]:
    """Gives the table of each row, a position in `PARTS`, int64 (N,); and what was dealt though the set says tables.

    Args:
        path: of the data set, for errors.
        checked: N rows.
        said_by: what says which table a row is in; empty when nothing does.
        everywhere: the classes that every table must have; None: all.

    Raises:
        DataError: nothing is there to learn from, or a class is missing in a table.
    """
    notes: tuple[str, ...] = ()
    if not said_by:
        part = _dealt(checked, _FOLD_OF)
        said_by = _BY_DEAL
    else:
        part = np.array([rank(row) for row, _ in checked], np.int64)
        part, notes = _completed(path, checked, part, said_by)
    classes = {row.label for row, _ in checked} if everywhere is None else set(everywhere)
    _check_every_class(path, checked, part, said_by, classes)
    return part, notes


def _completed(path: Path, checked: Sequence[Checked], part: Indices, said_by: str) -> tuple[Indices, tuple[str, ...]]:
    """Deals training pictures into the tables that the set says nothing of."""
    absent = {name: fold for name, fold in _FOLD_OF.items() if not np.any(part == PARTS.index(name))}
    learnt = np.flatnonzero(part == 0)
    if not len(learnt):
        raise DataError(f"{path}: expected pictures to learn from. Received: {said_by}, without any for train")
    if not absent:
        return part, ()
    completed = part.copy()
    completed[learnt] = _dealt([checked[row] for row in learnt.tolist()], absent)
    names = " and ".join(absent)
    note = f"{said_by}: none for {names}, so a fifth of the training pictures of each class was dealt into {names}"
    return completed, (note,)


def _check_every_class(path: Path, checked: Sequence[Checked], part: Indices, said_by: str, classes: set[str]) -> None:
    for number, name in enumerate(PARTS):
        found = {row.label for (row, _), own in zip(checked, part, strict=True) if own == number}
        if classes - found:
            raise DataError(
                f"{printable(path)}: expected every class in every table. Received: {name} without"
                f" {', '.join(sorted(classes - found))}, by {said_by}",
                hint=_way_out(name, found, said_by),
                arguments=[_GOOD_ONLY],
            )


def _way_out(name: str, found: set[str], said_by: str) -> str:
    """What to do about a table without a class."""
    if said_by == _BY_DEAL:
        return "make smaller groups, or say the tables yourself"
    anew = "put the pictures into one folder for each class, without tables, and they are dealt anew"
    if name == PARTS[0] and len(found) == 1:
        return f"{_GOOD_ONLY} learns from {found.pop()} alone and tests with all; or {anew}"
    return anew


def _dealt(checked: Sequence[Checked], fold_of: dict[str, int]) -> Indices:
    """Deals rows that belong together, class by class; a group of several classes goes with its rarest."""
    group = joined([keys(row, file) for row, file in checked]).tolist()
    frequency = Counter(row.label for row, _ in checked)
    members: dict[int, list[Checked]] = defaultdict(list)
    for first, entry in zip(group, checked, strict=True):
        members[first].append(entry)
    name_of = {first: min(file.sha256 for _, file in entries) for first, entries in members.items()}
    stratum = {
        name_of[first]: min((row.label for row, _ in entries), key=lambda label: (frequency[label], label))
        for first, entries in members.items()
    }
    part_of = {fold: PARTS.index(name) for name, fold in fold_of.items()}
    fold = sampling.folds(stratum)
    return np.array([part_of.get(fold[name_of[first]], 0) for first in group], np.int64)
