"""Numbers beside pictures, from a CSV file: one column names the picture, and each feature has a column of its own.

picture,bedrooms,bathrooms,area,zipcode
0001.png,3,2.5,2100,91901
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.csv_text import CsvText, read_csv
from aoi_modules.datasets.number_cells import Cell, decimal_mark, number
from aoi_modules.errors import DataError

PICTURE_COLUMNS = ("picture", "path")
"""Names of the column that says which picture; the first of them that is there."""
LARGEST = float(np.finfo(np.float32).max)
"""Models take features as float32."""
MAX_PROBLEMS = 5
"""So many of a table's problems are told at once."""

FeatureRow = NDArray[np.float32]
"""The features of one picture, float32 (1, F)."""


@dataclass(frozen=True)
class Features:
    """The numbers that go with pictures.

    Args:
        names: of the features, in the order of the rows.
        rows: by picture, float32 (1, F) each.
    """

    names: tuple[str, ...]
    rows: Mapping[Path, FeatureRow]

    def of(self, picture: Path) -> FeatureRow:
        """Gives what goes with a picture, float32 (1, F).

        Raises:
            DataError: there is nothing for it.
        """
        if picture not in self.rows:
            raise DataError(f"expected features beside the picture: {', '.join(self.names)}. Received: none")
        return self.rows[picture]


@dataclass(frozen=True)
class Line:
    """One line of the file: its number there, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class FeatureTable:
    """A table that was read; its numbers are looked at when they are asked for.

    Args:
        path: of the file, for messages.
        names: of the features, in the order that the model takes them.
        lines: by the parts of the picture's path.
        mark: what stands before a fraction.
    """

    path: Path
    names: tuple[str, ...]
    lines: dict[tuple[str, ...], Line]
    mark: str

    def features_of(self, pictures: Sequence[Path]) -> Features:
        """Finds the features of each picture, float32 (1, F) each.

        A line belongs to the picture whose path ends as the line says: `0001.png` fits in any folder, `a/0001.png` in
        folders `a` only. Of several lines that fit, the longest one counts.

        Raises:
            DataError: a picture has no line, shares its line with another, or a cell is no number. All pictures are
                looked at before, so nobody asks about half of them.
        """
        rows: dict[Path, FeatureRow] = {}
        owners: dict[int, Path] = {}
        problems: list[str] = []
        for picture in dict.fromkeys(pictures):
            try:
                line = self._line_of(picture)
                self._refuse_two(owners.setdefault(line.number, picture), picture, line)
                rows[picture] = self._row(line)
            except DataError as error:
                problems.append(error.message)
        if problems:
            raise DataError(
                _told(list(dict.fromkeys(problems))), hint="no picture was asked about; correct the table first"
            )
        return Features(self.names, rows)

    def _line_of(self, picture: Path) -> Line:
        parts = picture.absolute().parts
        for start in range(len(parts)):
            line = self.lines.get(parts[start:])
            if line is not None:
                return line
        raise DataError(f"{self.path}: no line for the picture {picture}")

    def _refuse_two(self, owner: Path, picture: Path, line: Line) -> None:
        """One line for two parts would give one of them the numbers of the other."""
        if owner.resolve() != picture.resolve():
            raise DataError(
                f"{self.path}, line {line.number}: fits two pictures, {owner} and {picture}; write the folder as well"
            )

    def _row(self, line: Line) -> FeatureRow:
        return np.array([[self._number(line, name) for name in self.names]], np.float32)

    def _number(self, line: Line, name: str) -> float:
        value = number(line.cells[name], self.mark)
        if value is None or abs(value) > LARGEST:
            raise DataError(
                f"{self.path}, line {line.number}, column {name}: expected a number, up to {LARGEST:.1e}. "
                f"Received: {line.cells[name]!r}"
            )
        return value


def read_table(path: Path, names: Sequence[str]) -> FeatureTable:
    """Reads a CSV file in any way that `csv_text` knows. Columns that are no feature are passed over.

    Args:
        path: the file, with a first line of column names.
        names: of the features that the model takes; each needs a column.

    Raises:
        DataError: the file cannot be read, lacks a column, or names a picture twice; says where.
    """
    table = read_csv(path, names)
    column = _picture_column(path, table.header, names)
    known: dict[tuple[str, ...], Line] = {}
    for line in _lines(table):
        cell = line.cells[column]
        if not cell:
            raise DataError(
                f"{path}, line {line.number}, column {column}: expected a picture's name. Received: nothing"
            )
        earlier = known.setdefault(PurePath(cell).parts, line)
        if earlier is not line:
            raise DataError(
                f"{path}, line {line.number}, column {column}: {cell} stands in line {earlier.number} already"
            )
    return FeatureTable(path, tuple(names), known, _mark(table, names))


def _lines(table: CsvText) -> Iterator[Line]:
    """The lines below the header, each with as many cells."""
    for line in table.lines:
        if len(line.cells) != len(table.header):
            raise DataError(
                f"{table.path}, line {line.number}: expected {len(table.header)} cells, one a column. "
                f"Received: {len(line.cells)}"
            )
        yield Line(line.number, dict(zip(table.header, line.cells, strict=True)))


def _mark(table: CsvText, names: Sequence[str]) -> str:
    """What stands before a fraction in the features' columns."""
    cells = (Cell(text, f"line {line}, column {name}") for name in names for line, text in table.column(name))
    return decimal_mark(table.path, cells, doubt_points=table.delimiter == ";")


def _picture_column(path: Path, header: Sequence[str], names: Sequence[str]) -> str:
    """The column that names the pictures; every feature has one too, and only one."""
    column = next((name for name in PICTURE_COLUMNS if name in header), None)
    missing = [*([] if column else [PICTURE_COLUMNS[0]]), *(name for name in names if name not in header)]
    wanted = f"the model takes {', '.join(names)}; the columns may stand in any order, others are passed over"
    if column is None or missing:
        raise DataError(
            f"{path}, line 1: no column {', '.join(missing)}. Received: {', '.join(header) or 'an empty file'}",
            hint=wanted,
        )
    twice = [name for name in (column, *names) if list(header).count(name) > 1]
    if twice:
        raise DataError(f"{path}, line 1: two columns are called {twice[0]}", hint=wanted)
    return column


def _told(problems: Sequence[str]) -> str:
    more = len(problems) - MAX_PROBLEMS
    return "\n".join([*problems[:MAX_PROBLEMS], *([f"... and {more} more"] if more > 0 else [])])
