"""Which class is good, and what is to be learnt from pictures of one's own."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aoi_modules.datasets.folder.labelled_checks import Checked
from aoi_modules.datasets.table import Target
from aoi_modules.errors import DataError

DEFECT_TARGET, CLASS_TARGET = "defect", "kind"
FEWEST = 3
"""Different pictures of a class: one for each table."""
GOOD_NAMES = ("good", "ok", "pass")
"""Names of good parts; the first is the label of a defect head."""


def target_of(path: Path, checked: Sequence[Checked]) -> Target:
    """Finds out what is to be learnt: `defect` where one of two classes is good, else `kind`, good classes first.

    Args:
        path: of the data set, for errors.
        checked: its rows.

    Raises:
        DataError: the classes teach nothing; says which.
    """
    pictures: dict[str, set[str]] = defaultdict(set)
    for row, file in checked:
        pictures[row.label].add(file.sha256)
    names = sorted(pictures)
    alike = [name for name in names if sum(other.casefold() == name.casefold() for other in names) > 1]
    if alike:
        raise DataError(f"{path}: expected classes that differ by more than capitals. Received: {', '.join(alike)}")
    if len(names) < 2:
        raise DataError(f"{path}: expected at least two classes. Received: only {names[0]}")
    for name in names:
        if len(pictures[name]) < FEWEST:
            raise DataError(
                f"{path}: expected at least {FEWEST} different pictures of each class."
                f" Received: {len(pictures[name])} of {name}",
                hint=f"add pictures of {name}, or take the class out",
            )
    good = [name for name in names if name.casefold() in GOOD_NAMES]
    ordered = good + [name for name in names if name not in good]
    values = np.array([ordered.index(row.label) for row, _ in checked], np.int64)
    if len(names) == 2 and len(good) == 1:
        return Target(DEFECT_TARGET, values, (GOOD_NAMES[0], ordered[1]))
    return Target(CLASS_TARGET, values, tuple(ordered))
