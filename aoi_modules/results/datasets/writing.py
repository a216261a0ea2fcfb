"""Judged pictures as a folder that `aoi train folder` reads: pictures, a table of them, and what the set is."""

import csv
import io
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from aoi_modules.errors import NoSuchResult, ResultsError
from aoi_modules.machine.whole_file import sync_folder
from aoi_modules.modelstore.learnt_units import ABOUT, HeldOut, held_out_hash
from aoi_modules.results.database.connection import Database
from aoi_modules.results.datasets.dealing import HELD_OUT, Deal, Part, deal_of, unit_of
from aoi_modules.results.datasets.judged_parts import JudgedPart, judged_parts
from aoi_modules.results.pictures.lookup import picture_of
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import now

GOOD = "good"
"""The class of good parts; each defect is a class of its own."""
TABLE = "parts.csv"
_COLUMNS = ("path", "label", "split", "group")
Row = tuple[str, str, Part, str]
"""As `_COLUMNS`."""


class DataSet(msgspec.Struct, frozen=True, kw_only=True):
    """What a written set is."""

    component: str
    time: datetime
    parts: dict[str, dict[str, int]]
    """How many pictures, by label and part."""
    held_out: HeldOut
    left_out: tuple[str, ...]
    """Why judged parts are not in it, one by one."""


async def write_dataset(
    database: Database,
    store: PictureStore,
    component: str,
    out: Path,
    advance: Callable[[int], object] = lambda number: None,
) -> DataSet:
    """Writes the judged pictures of a component into a folder, whole or not at all.

    Args:
        database: of the results.
        store: of the pictures.
        component: whose parts.
        out: folder that is not there yet.
        advance: is told of each picture.

    Raises:
        ResultsError: `out` is there already, nothing was judged, or the disk does not take it.
        DatabaseAway: the database does not answer.
        PictureStoreAway: the store does not.
    """
    if out.exists():
        raise ResultsError(f"{out}: is there already", hint="name a folder that is not there yet")
    deal = await deal_of(database)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as made:
        folder = Path(made) / out.name
        rows, left_out = await _write_pictures(database, store, component, folder, deal, advance)
        if not rows:
            raise ResultsError(
                f"no picture of {component} was judged that is still there",
                hint="judge some first: GET /v1/reviews says what waits",
            )
        about = DataSet(
            component=component,
            time=now(),
            parts=_numbers(rows),
            held_out=HeldOut(
                key=deal.name, share=HELD_OUT, sha256=held_out_hash([row[3] for row in rows if row[2] == "test"])
            ),
            left_out=tuple(left_out),
        )
        _write(folder / TABLE, _csv(rows))
        _write(folder / ABOUT, msgspec.json.format(msgspec.json.encode(about)))
        sync_folder(folder)
        folder.rename(out)
        sync_folder(out.parent)
    return about


async def _write_pictures(
    database: Database,
    store: PictureStore,
    component: str,
    folder: Path,
    deal: Deal,
    advance: Callable[[int], object],
) -> tuple[list[Row], list[str]]:
    """Writes the pictures, and gives a row for each; and why others are missing."""
    rows: list[Row] = []
    left_out: list[str] = []
    (folder / "pictures").mkdir(parents=True)
    async for part in judged_parts(database, component):
        try:
            picture = await picture_of(store, part.shown)
        except NoSuchResult as error:
            left_out.append(f"{part.inspection}: {error.message}")
            continue
        name = f"pictures/{part.inspection}.{part.shown.picture.kind}"
        _write(folder / name, picture)
        rows.append(_row(part, name, deal))
        advance(1)
    return rows, left_out


def _row(part: JudgedPart, name: str, deal: Deal) -> Row:
    unit = unit_of(part.unit, part.inspection)
    label = GOOD if part.good else part.defect or "defect"
    return name, label, deal.part_of(unit), deal.group_of(unit)


def _numbers(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    numbers = Counter((label, part) for _, label, part, _ in rows)
    labels = sorted({label for label, _ in numbers}, key=lambda label: (label != GOOD, label))
    return {label: {part: numbers[label, part] for part in ("train", "validation", "test")} for label in labels}


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_COLUMNS, *rows])
    return text.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
