"""Your own pictures: a folder with one folder a class, or a CSV file. No code, no copy; what is bad is named.

    parts/good/0001.png                 parts.csv:  path,label,split,height_mm
    parts/good/line 2/0002.png                      img/0001.png,good,train,1.52
    parts/scratch/0001.png                          img/0002.png,scratch,test,1.49

Without a `split` column, 60% of each class is for training, 20% for validation, 20% for the test, by a hash of the
files' content: the same pictures give the same tables whatever the files are called, and identical pictures are always
in the same table. Rows of one `group` are, too. When pictures are added, others may change their table; a `split`
column nails them down.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.bad_rows import BadRow, leave_out
from aoi_modules.datasets.folder.labelled_checks import (
    Checked,
    contradictions,
    in_two_tables,
    keys,
    of_other_channels,
    rank,
)
from aoi_modules.datasets.folder.labelled_rows import PART, PARTS, Listing, Row, from_csv, from_folder
from aoi_modules.datasets.folder.target import Ask, GoodClasses, target_of
from aoi_modules.datasets.picture_files import look_at
from aoi_modules.datasets.sources import ledger
from aoi_modules.datasets.table import Indices, Split, Table, Target
from aoi_modules.datasets.twins import joined
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.progress import progress


def load(
    path: str | Path,
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    skip_bad: bool = False,
    good: Sequence[str] | None = None,
    judged: bool = False,
    ask: Ask | None = None,
) -> Split:
    """Loads pictures of your own; every file is opened once, now, and read again when it is needed.

    Args:
        path: `FOLDER`, with pictures (PNG, JPEG, BMP) at any depth in `FOLDER/<class>/`; or a CSV file with the columns
            `path` (relative to the file), `label`, and where wanted `split`, `group` and columns of numbers, which
            become features. Splits are `train`, `validation` and `test`; groups are never separated.
        train: pictures to train on, in which every class keeps its share; None takes all.
        validation: likewise.
        test: likewise.
        seed: of the choice when limited.
        skip_bad: leave out what cannot be used, and say so in `left_out`.
        good: names of the classes of good parts; none says that no class is good. None: their names tell, see
            `class_names.opinion`.
        judged: a verdict is wanted, which needs a good class.
        ask: asks a person which classes are good where their names do not tell; None refuses them.

    Returns:
        Tables of paths. Of two classes of which one is good the target is `defect`, else `kind` with all classes; the
        labels are the classes as they are called, good ones first, and `good` names those.

    Raises:
        DataError: rows cannot be used (unreadable, missing, contradictory, of other channels than most): names them.
            Or the whole cannot: no pictures, a single class, a class of fewer than three pictures, or it takes a good
            class and nobody knows one.
    """
    path = Path(path).absolute()
    listing = _listing(path)
    checked, bad = _checked(listing.rows)
    for find_bad in (of_other_channels, contradictions, in_two_tables):
        found = find_bad(checked)
        bad += found.values()
        checked = [entry for entry in checked if entry[0].name not in found]
    bad = listing.bad + bad
    left_out = leave_out(bad, len(listing.rows) + len(listing.bad), skip_bad=skip_bad, unit="entries")
    target = target_of(path, checked, GoodClasses(good, judged, ask))
    part = _parts(path, checked)
    table = _table(checked, target, listing.number_names)
    tables = {name: table.take(np.flatnonzero(part == number)) for number, name in enumerate(PARTS)}
    whole = Split(**tables, origin=_origin(path, checked), left_out=(*left_out, *listing.notes))
    return sampling.limited(whole, sampling.by_kind, train=train, validation=validation, test=test, seed=seed)


def _listing(path: Path) -> Listing:
    if path.is_dir():
        listing = from_folder(path)
    elif path.is_file() and path.suffix.lower() == ".csv":
        listing = from_csv(path)
    else:
        raise DataError(f"path: expected a folder of class folders, or a .csv file. Received: {path}")
    if not listing.rows and not listing.bad:
        raise DataError(f"{path}: expected labelled pictures. Received: none")
    return listing


def _checked(rows: Sequence[Row]) -> tuple[list[Checked], list[BadRow]]:
    """Opens every picture; those that cannot be used apart."""
    checked: list[Checked] = []
    bad: list[BadRow] = []
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool, progress("check", len(rows), unit="pictures") as advance:
        for row, found in zip(rows, pool.map(look_at, [row.path for row in rows]), strict=True):
            if isinstance(found, str):
                bad.append(BadRow(row.where, found))
            else:
                checked.append((row, found))
            advance(1)
    return checked, bad


def _parts(path: Path, checked: Sequence[Checked]) -> Indices:
    """The table of each row, a position in `PARTS`: int64 (N,)."""
    if checked[0][0].part is not None:
        part = np.array([rank(row) for row, _ in checked], np.int64)
        what = f"the column {PART}"
    else:
        part = _dealt(checked)
        what = "a deal of whole groups"
    labels = {row.label for row, _ in checked}
    for number, name in enumerate(PARTS):
        missing = labels - {row.label for (row, _), own in zip(checked, part, strict=True) if own == number}
        if missing:
            raise DataError(
                f"{path}: expected every class in every table. Received: {what} that leaves {name} without"
                f" {', '.join(sorted(missing))}"
            )
    return part


def _dealt(checked: Sequence[Checked]) -> Indices:
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
    part_of = {sampling.TEST_FOLD: PARTS.index("test"), sampling.VALIDATION_FOLD: PARTS.index("validation")}
    fold = sampling.folds(stratum)
    return np.array([part_of.get(fold[name_of[first]], 0) for first in group], np.int64)


def _table(checked: Sequence[Checked], target: Target, number_names: tuple[str, ...]) -> Table:
    numbers = np.array([row.numbers for row, _ in checked], np.float32)
    return Table(
        pictures=tuple(row.path for row, _ in checked),
        targets=(target,),
        ids=tuple(row.name for row, _ in checked),
        kinds=tuple(row.label for row, _ in checked),
        features=numbers if number_names else None,
        feature_names=number_names,
    )


def _origin(path: Path, checked: Iterable[Checked]) -> DataOrigin:
    """What is in the pictures, and in the CSV file: other labels are other data."""
    sums = {row.name: file.sha256 for row, file in checked}
    if path.is_file():
        sums[path.name] = ledger.file_sum(path)
    return DataOrigin(name=path.stem if path.is_file() else path.name, sha256=ledger.digest(sums), stand_in=False)
