"""Lists pictures with their labels, from class folders or from a CSV file. Opens no picture."""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.picture_files import ENDINGS, OTHER_ENDINGS
from aoi_modules.errors import DataError

PATH, LABEL, PART, GROUP = "path", "label", "split", "group"
PARTS = ("train", "validation", "test")
_NOT_CLASSES = {*PARTS, "val", "valid", "training", "testing"}
_JUNK = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Row:
    """One labelled picture.

    Args:
        name: relative to the folder or the CSV file; unique.
        path: of the picture file.
        label: its class.
        where: as an error names it.
        part: `train`, `validation` or `test`; None when the set does not say.
        group: what must not be separated from others of the same name, such as a board or a lot; None likewise.
        numbers: of its number columns.
    """

    name: str
    path: Path
    label: str
    where: str
    part: str | None = None
    group: str | None = None
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Listing:
    """What a folder or a CSV file lists.

    Args:
        rows: those that can be used, as far as one knows without opening a picture.
        bad: those that cannot be used.
        notes: what was passed over because it is no row, one sentence each.
        number_names: names of the number columns.
    """

    rows: list[Row] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    number_names: tuple[str, ...] = ()


def from_folder(root: Path) -> Listing:
    """Lists every picture of `root/<class>/`, at any depth.

    Raises:
        DataError: no class folder, or folders of tables instead of classes.
    """
    entries = [path for path in sorted(root.iterdir()) if not path.name.startswith(".")]
    classes = [path for path in entries if path.is_dir()]
    if not classes:
        raise DataError(f"{root}: expected a folder of pictures for each class. Received: no folder in it")
    if all(path.name.lower() in _NOT_CLASSES for path in classes):
        raise DataError(
            f"{root}: expected folders that are named after classes. Received: {', '.join(p.name for p in classes)}",
            hint=f"write a CSV file with the columns {PATH}, {LABEL} and {PART}",
        )
    listing = Listing()
    strays = [path for path in entries if path.is_file() and _is_picture(path)]
    listing.bad.extend(BadRow(path.name, f"stands in no class folder of {root}") for path in strays)
    others: list[str] = []
    for folder in classes:
        before = len(listing.rows)
        for path in _files_below(folder):
            name = path.relative_to(root).as_posix()
            if path.suffix.lower() in ENDINGS:
                listing.rows.append(Row(name, path, folder.name, name))
            elif _is_picture(path):
                listing.bad.append(BadRow(name, f"expected one of {', '.join(ENDINGS)}. Received: {path.suffix}"))
            else:
                others.append(name)
        if len(listing.rows) == before:
            listing.bad.append(BadRow(f"{folder.name}/", "expected pictures of this class. Received: none"))
    if others:
        listing.notes.append(f"files that are no pictures were passed over: {len(others)}, such as {others[0]}")
    return listing


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and path.name.lower() not in _JUNK and not any(part.startswith(".") for part in parts):
            yield path


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS)


def from_csv(path: Path) -> Listing:
    """Lists every row of a CSV file: columns `path` (relative to the file) and `label`, and `split` and `group` if any.

    Every other column must hold a number in each row, and becomes a feature of the model: take out serial numbers.

    Raises:
        DataError: the file is no such table.
    """
    header, lines = _table(path)
    names = _number_names(path, header, lines)
    listing = Listing(number_names=names)
    seen: set[str] = set()
    for number, cells in lines:
        where = f"{path.name}, line {number}"
        row = _row(path, header, cells, names, where)
        if isinstance(row, Row) and row.name in seen:
            row = f"{row.name} stands in an earlier line already"
        if isinstance(row, str):
            listing.bad.append(BadRow(where, row))
            continue
        seen.add(row.name)
        listing.rows.append(row)
    return listing


Line = tuple[int, list[str]]
"""Number in the file, and cells."""


def _table(path: Path) -> tuple[list[str], list[Line]]:
    """The header and the lines that are not empty. Spreadsheets write semicolons where a comma is in numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a CSV file in UTF-8: {error}") from None
    first = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if ";" in first and "," not in first else ",", strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: expected a CSV file: {error}") from None
    lines = [line for line in lines if any(line[1])]
    header = lines[0][1] if lines else []
    if PATH not in header or LABEL not in header or len(set(header)) != len(header):
        raise DataError(
            f"{path}: expected a first line of column names, each once, among them {PATH} and {LABEL}."
            f" Received: {first!r}"
        )
    return header, lines[1:]


def _number_names(path: Path, header: Sequence[str], lines: Sequence[Line]) -> tuple[str, ...]:
    """The columns beside the known ones, all of numbers.

    A few cells without a number make bad rows; a column of mostly text is an error.
    """
    names = tuple(name for name in header if name not in (PATH, LABEL, PART, GROUP))
    for name in names:
        place = header.index(name)
        cells = [cells[place] for _, cells in lines if len(cells) == len(header)]
        if not name or 2 * sum(_number(cell) is None for cell in cells) > len(cells):
            raise DataError(
                f"{path}: unknown column {name!r}: expected {PATH}, {LABEL}, {PART}, {GROUP}, and columns of numbers",
                hint="take the column out",
            )
    return names


def _row(path: Path, header: Sequence[str], cells: Sequence[str], names: Sequence[str], where: str) -> Row | str:
    """One line as a row, or what is wrong with it."""
    if len(cells) != len(header):
        return f"expected {len(header)} cells, {','.join(header)}. Received: {len(cells)}"
    cell = dict(zip(header, cells, strict=True))
    for name in (PATH, LABEL, GROUP):
        if cell.get(name) == "":
            return f"{name}: expected a word. Received: nothing"
    part = cell.get(PART)
    if part is not None and part not in PARTS:
        return f"{PART}: expected one of {', '.join(PARTS)}. Received: {part!r}"
    numbers = _numbers(cell, names)
    if isinstance(numbers, str):
        return numbers
    return Row(
        cell[PATH], path.parent / cell[PATH], cell[LABEL], f"{where}, {cell[PATH]}", part, cell.get(GROUP), numbers
    )


def _numbers(cell: Mapping[str, str], names: Sequence[str]) -> tuple[float, ...] | str:
    numbers = []
    for name in names:
        number = _number(cell[name])
        if number is None or not math.isfinite(number):
            return f"{name}: expected a number. Received: {cell[name]!r}"
        numbers.append(number)
    return tuple(numbers)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
