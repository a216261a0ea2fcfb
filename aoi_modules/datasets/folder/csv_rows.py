"""Lists the pictures of a CSV file with their labels. Opens no picture."""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from aoi_modules.datasets.bad_rows import BadRow
from aoi_modules.datasets.csv_text import CsvText, Line, not_utf8, read_csv, undecoded
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.columns import AskColumn, Places, places_of, wanted
from aoi_modules.datasets.folder.labelled_rows import Listing, Row
from aoi_modules.datasets.folder.layouts import PARTS, table_of
from aoi_modules.datasets.folder.number_checks import (
    LARGEST,
    NumberColumn,
    check_digits,
    constant,
    too_large,
    without_serials,
)
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.datasets.number_cells import COMMA, Cell, decimal_mark, number
from aoi_modules.errors import Argument, DataError

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")
"""How paths begin that only a Windows machine can follow."""


def from_csv(path: Path, reading: Reading | None = None, *, ask: AskColumn | None = None) -> Listing:
    """Lists every row of a CSV file: columns `path` (relative to the file) and `label`, and `split` and `group` if any.

    Every other column must hold a number in each row, and becomes a feature of the model.

    Args:
        path: of the file.
        reading: what the caller says about its columns.
        ask: asked about columns that look like serial numbers, unless `reading` names those to learn from.

    Raises:
        DataError: the file is no such table, or a column of numbers cannot be learnt from.
    """
    reading = reading or Reading()
    table = read_csv(path, wanted(reading))
    places = places_of(table, reading)
    _refuse_text(table, places)
    mark = reading.decimal or decimal_mark(
        path,
        _number_cells(table, places),
        doubt_points=table.delimiter == ";",
        way_out=Argument("decimal", ...),
    )
    listing = _rows(table, places, mark)
    features, left = places.features, list[str]()
    if reading.features is None:
        features, left = without_serials(path, _columns(listing, places), ask)
    notes = [note for column in _columns(listing, places) if column.name in features for note in _about(path, column)]
    if mark == COMMA:
        notes.append("numbers were read with a decimal comma")
    left += [f"the column {printable(name)}: not named, nothing was learnt from it" for name in places.unused]
    kept = [places.features.index(name) for name in features]
    return Listing(
        rows=[replace(row, numbers=tuple(row.numbers[place] for place in kept)) for row in listing.rows],
        bad=listing.bad,
        passed=left,
        notes=notes,
        number_names=features,
        said_by=f"the column {places.part}" if places.part else "",
    )


def _about(path: Path, column: NumberColumn) -> Iterator[str]:
    """What is to be said about a column that is learnt from."""
    for said in (check_digits(path, column), constant(column)):
        if said is not None:
            yield said


def _columns(listing: Listing, places: Places) -> Iterator[NumberColumn]:
    lines = [row.line for row in listing.rows]
    for place, name in enumerate(places.features):
        values = [row.numbers[place] for row in listing.rows]
        if values:
            yield NumberColumn(name, lines, values)


def _number_cells(table: CsvText, places: Places) -> Iterator[Cell]:
    for name in places.features:
        for line, text in table.column(name):
            yield Cell(text, f"line {line}, {name}")


def _refuse_text(table: CsvText, places: Places) -> None:
    """A few cells without a number make bad rows; a column without a name or of mostly text is an error."""
    for name in places.features:
        texts = [text for _, text in table.column(name)]
        odd = [text for text in texts if number(text, ".") is None and number(text, ",") is None]
        if name and 2 * len(odd) <= len(texts):
            continue
        chosen = Argument("features", ...)
        came = (
            f"{name!r} with {printable(odd[0])!r}"
            if name and odd
            else f"column {table.header.index(name) + 1}, without a name"
        )
        raise DataError(
            f"{table.path}: expected numbers in every column beside {places.path}, {places.label}, split and group."
            f" Received: {came}",
            hint=f"{chosen} names the columns of numbers to learn from; others are then passed over",
            arguments=[chosen],
        )


def _rows(table: CsvText, places: Places, mark: str) -> Listing:
    listing = Listing()
    seen: dict[str, int] = {}
    for line in table.lines:
        where = f"{table.path.name}, line {line.number}"
        row = _row(table, places, line, mark, where)
        if isinstance(row, Row):
            earlier = seen.setdefault(os.path.normpath(row.path), line.number)
            if earlier == line.number:
                listing.rows.append(row)
                continue
            row = f"{row.name} stands in line {earlier} already"
        listing.bad.append(BadRow(where, row))
    return listing


def _row(table: CsvText, places: Places, line: Line, mark: str, where: str) -> Row | str:
    """One line as a row, or what is wrong with it."""
    if len(line.cells) != len(table.header):
        more = len(line.cells) > len(table.header) and table.delimiter == ","
        way = "; a comma in a cell wants quotes around it" if more else ""
        names = table.delimiter.join(table.header)
        return f"expected {len(table.header)} cells, {printable(names)}. Received: {len(line.cells)}{way}"
    cell = dict(zip(table.header, line.cells, strict=True))
    for name in (places.path, places.label, places.group):
        if name is not None and not cell[name]:
            return f"{name}: expected a word. Received: nothing"
        if name is not None and name != places.path and undecoded(cell[name]) is not None:
            raise not_utf8(table.path, line.number, cell[name])
    part = table_of(cell[places.part]) if places.part else None
    if places.part and part is None:
        return f"{places.part}: expected one of {', '.join(PARTS)}. Received: {printable(cell[places.part])!r}"
    numbers = _numbers(cell, places, mark)
    if isinstance(numbers, str):
        return numbers
    path = _file(table.path.parent, cell[places.path])
    if _DRIVE.match(cell[places.path]) and not _is_there(path):
        return (
            f"{printable(cell[places.path])}: expected a path relative to the table. Received: one on a Windows drive"
        )
    if undecoded(cell[places.path]) is not None and not _is_there(path):
        raise not_utf8(table.path, line.number, cell[places.path])
    name = printable(cell[places.path])
    group = cell[places.group] if places.group else None
    return Row(name, path, cell[places.label], f"{where}, {name}", part, group, numbers, line=line.number)


def _file(folder: Path, name: str) -> Path:
    """The file that a cell names: as it stands, else as Windows, a shell or a Mac would have written it."""
    spellings = (
        name,
        name.replace("\\", "/"),
        unicodedata.normalize("NFC", name),
        unicodedata.normalize("NFD", name),
    )
    for spelling in spellings:
        if _is_there(folder / spelling):
            return folder / spelling
    if name.startswith("~"):
        try:
            return Path(name).expanduser()
        except RuntimeError:  # no such user
            pass
    return folder / name


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name, or a folder that is closed: whoever opens the file says which
        return False


def _numbers(cell: Mapping[str, str], places: Places, mark: str) -> tuple[float, ...] | str:
    """The number columns of a line, or what is wrong with one of them."""
    numbers = []
    for name in places.features:
        value = number(cell[name], mark)
        if value is None:
            return f"{name}: expected a number. Received: {printable(cell[name])!r}"
        if too_large(value):
            return f"{name}: expected a number up to {LARGEST:.1e}, the largest of a model. Received: {cell[name]!r}"
        numbers.append(value)
    return tuple(numbers)
