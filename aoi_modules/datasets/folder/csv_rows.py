"""Lists the pictures of a CSV file with their labels. Opens no picture."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.folder.labelled_rows import Listing, Row
from aoi_modules.datasets.folder.layouts import PARTS
from aoi_modules.errors import DataError

PATH, LABEL, PART, GROUP = "path", "label", "split", "group"


def from_csv(path: Path) -> Listing:
    """Lists every row of a CSV file: columns `path` (relative to the file) and `label`, and `split` and `group` if any.

    Every other column must hold a number in each row, and becomes a feature of the model: take out serial numbers.

    Raises:
        DataError: the file is no such table.
    """
    header, lines = _table(path)
    names = _number_names(path, header, lines)
    listing = Listing(number_names=names, said_by=f"the column {PART}" if PART in header else "")
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
