"""Your own pictures: a folder with one folder a class, or a CSV file. No code, no copy; what is bad is named.

    parts/good/0001.png                 parts.csv:  path,label,split,height_mm
    parts/good/line 2/0002.png                      img/0001.png,good,train,1.52
    parts/scratch/0001.png                          img/0002.png,scratch,test,1.49

Folders `train` and `test`, and perhaps `val`, above or below the classes say which table a picture is in, as the column
`split` does; `layouts` knows their names. What nothing is said about is dealt, see `dealing`.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.bad_rows import BadRow, leave_out
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.columns import AskColumn
from aoi_modules.datasets.folder.dealing import tables_of
from aoi_modules.datasets.folder.labelled_checks import (
    Checked,
    contradictions,
    in_two_tables,
    of_other_channels,
    seen_again,
)
from aoi_modules.datasets.folder.labelled_rows import Row
from aoi_modules.datasets.folder.layouts import PARTS
from aoi_modules.datasets.folder.listing import list_pictures
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.datasets.folder.target import GoodClasses, in_words, target_of
from aoi_modules.datasets.picture_files import PictureFile, look_at
from aoi_modules.datasets.sources import ledger
from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import DataError
from aoi_modules.modelstore.learnt_units import LearntUnits, held_out_beside, is_group
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.progress import progress

Look = Callable[[Path], PictureFile | str]
"""Says what a picture file is, or why it cannot be used."""


def load(
    path: str | Path,
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    skip_bad: bool = False,
    reading: Reading | None = None,
    ask_column: AskColumn | None = None,
    good: GoodClasses | None = None,
    look: Look = look_at,
) -> Split:
    """Loads pictures of your own; every file is opened once, now, and read again when it is needed.

    Args:
        path: `FOLDER`, with pictures (PNG, JPEG, BMP) at any depth in `FOLDER/<class>/` or `FOLDER/train/<class>/`; or
            a CSV file with the columns `path` (relative to the file), `label`, and where wanted `split`, `group` and
            columns of numbers, which become features. Groups are never separated.
        train: pictures to train on, in which every class keeps its share; None takes all.
        validation: likewise.
        test: likewise.
        seed: of the choice when limited.
        skip_bad: leave out what cannot be used, and say so in `left_out`.
        reading: which columns of a CSV file are what, and which pictures are never separated.
        ask_column: asked about columns that look like serial numbers; without it they are an error.
        good: what is known about good parts; None: the names of their classes tell, see `class_names.opinion`.
        look: looks at each file, from several threads.

    Returns:
        Tables of paths. Of two classes of which one is good the target is `defect`, else `kind` with all classes; the
        labels are the classes as they are called, good ones first, and `good` names those.

    Raises:
        DataError: rows cannot be used (unreadable, missing, contradictory, of other channels than most): names them.
            Or the whole cannot: no pictures, a single class, a class of fewer than three pictures, or it takes a good
            class and nobody knows one.
    """
    path = Path(path).absolute()
    listing = list_pictures(path, reading, ask_column=ask_column)
    checked, bad = _checked(listing.rows, look)
    for find_bad in (of_other_channels, contradictions, in_two_tables):
        found = find_bad(checked)
        bad += found.values()
        checked = [entry for entry in checked if entry[0].name not in found]
    bad = listing.bad + bad
    left_out = leave_out(bad, len(listing.rows) + len(listing.bad), skip_bad=skip_bad, unit="entries")
    again = seen_again(checked)
    checked = [entry for entry in checked if entry[0].name not in again]
    _check_classes(path, listing.rows, checked)
    good = good or GoodClasses()
    target = target_of(path, checked, good)
    part, dealt = tables_of(path, checked, listing.said_by, everywhere=target.good if good.alone else None)
    table = _table(checked, target, listing.number_names)
    tables = {name: table.take(np.flatnonzero(part == number)) for number, name in enumerate(PARTS)}
    units, said_of_units = _units(path, checked, part.tolist())
    whole = Split(
        **tables,
        origin=_origin(path, checked, wished=reading not in (None, Reading())),
        left_out=(*left_out, *map(str, again.values()), *listing.passed),
        notes=(in_words(target), *listing.notes, *dealt, *said_of_units),
        units=units,
    )
    return sampling.limited(whole, sampling.by_kind, train=train, validation=validation, test=test, seed=seed)


def _checked(rows: Sequence[Row], look: Look) -> tuple[list[Checked], list[BadRow]]:
    """Opens every picture; those that cannot be used apart."""
    checked: list[Checked] = []
    bad: list[BadRow] = []
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool, progress("check", len(rows), unit="pictures") as advance:
        for row, found in zip(rows, pool.map(look, [row.path for row in rows]), strict=True):
            if isinstance(found, str):
                bad.append(BadRow(row.where, found))
            else:
                checked.append((row, found))
            advance(1)
    return checked, bad


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


def _check_classes(path: Path, rows: Sequence[Row], checked: Sequence[Checked]) -> None:
    """Refuses to leave out a whole class: a model would never name it, and nobody asked for that."""
    gone = sorted({row.label for row in rows} - {row.label for row, _ in checked})
    if gone:
        raise DataError(
            f"{printable(path)}: every picture of {', '.join(gone)} is bad", hint="repair them, or take the class out"
        )


def _units(path: Path, checked: Sequence[Checked], parts: Sequence[int]) -> tuple[LearntUnits | None, tuple[str, ...]]:
    """The units that are learnt from and held out, where `aoi results dataset` wrote the table; and what is odd."""
    about = held_out_beside(path) if path.is_file() else None
    if about is None:
        return None, ()
    if not all(is_group(row.group) for row, _ in checked):
        return None, ("not every picture names its unit, so no comparison will know from which ones this model learnt",)
    test = PARTS.index("test")
    sides = [(str(row.group), part == test) for (row, _), part in zip(checked, parts, strict=True)]
    units = LearntUnits.of(
        about.key,
        learnt=[group for group, tested in sides if not tested],
        held_out=[group for group, tested in sides if tested],
    )
    if units.held_out == about.sha256:
        return units, ()
    return units, (f"other units are held out than {path.name} was written with, so figures of this model stand alone",)


def _origin(path: Path, checked: Iterable[Checked], *, wished: bool) -> DataOrigin:
    """What is in the pictures, and in the CSV file: other labels, columns or groups are other data."""
    sums = {row.name: file.sha256 for row, file in checked}
    if path.is_file():
        sums[path.name] = ledger.file_sum(path)
    if wished:
        said = repr([(row.name, row.label, row.part, row.group, row.numbers) for row, _ in checked])
        sums["columns and groups"] = hashlib.sha256(said.encode()).hexdigest()
    name = printable(path.stem if path.is_file() else path.name)
    return DataOrigin(name=name, sha256=ledger.digest(sums), stand_in=False)
