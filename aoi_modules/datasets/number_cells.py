"""Numbers as people's programs write them: decimal point or comma, thousands apart or not. Pure.

`1.52` and `1,52` can be read in one way only, and say how the whole file writes numbers. `1,520` cannot: alone it is
refused, beside a cell that says how it is meant it is read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aoi_modules.datasets.file_names import printable
from aoi_modules.errors import Argument, DataError

POINT, COMMA = ".", ","
_BLANKS = " '\u2019\u00a0\u2009\u202f"
"""What stands between thousands beside the two marks: a blank in its widths, or an apostrophe."""
_PLAIN = r"[+-]?(?:\d+{mark}?\d*|{mark}\d+)(?:[eE][+-]?\d+)?"
_GROUPED = r"[+-]?[1-9]\d{{0,2}}(?:{other}\d{{3}})+(?:{mark}\d*)?"
_FORMS = {
    mark: (
        re.compile(_PLAIN.format(mark=re.escape(mark)), re.ASCII),
        re.compile(_GROUPED.format(mark=re.escape(mark), other=re.escape(other)), re.ASCII),
        other,
    )
    for mark, other in ((POINT, COMMA), (COMMA, POINT))
}
_APART = re.compile(rf"[+-]?[1-9]\d{{0,2}}([{_BLANKS}])\d{{3}}(?:\1\d{{3}})*(?:[.,]\d*)?", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """A cell that should hold a number, and where it stands, such as `line 3, height`."""

    text: str
    where: str


def number(text: str, mark: str = POINT) -> float | None:
    """Reads a number: float64, perhaps infinite where it is too large; None when the text is none.

    Args:
        text: of the cell, without blanks around it.
        mark: between a number and its fraction, `.` or `,`; the other one may stand between thousands.
    """
    text = text.replace("\u2212", "-")  # the minus sign of typesetters
    if _APART.fullmatch(text):
        text = re.sub(f"[{_BLANKS}]", "", text)
    plain, grouped, other = _FORMS[mark]
    if grouped.fullmatch(text):
        text = text.replace(other, "")
    elif not plain.fullmatch(text):
        return None
    return float(text.replace(mark, "."))


def decimal_mark(path: object, cells: Iterable[Cell], *, doubt_points: bool, way_out: Argument | None = None) -> str:
    """Finds out from all numbers of a file what stands before a fraction: `.` or `,`.

    Args:
        path: of the file, for messages.
        cells: all numbers of the file.
        doubt_points: whether `1.520` may be thousands, too: so in files with semicolons, which are written where commas
            are decimal.
        way_out: the argument by which a caller says the mark; None if there is none.

    Raises:
        DataError: the cells contradict each other, or `1,520` is all there is; names the lines.
    """
    told: dict[str, Cell] = {}
    doubtful: Cell | None = None
    for cell in cells:
        readings = {mark: number(cell.text, mark) for mark in _FORMS}
        point, comma = readings[POINT], readings[COMMA]
        if point is None and comma is not None:
            told.setdefault(COMMA, cell)
        elif comma is None and point is not None:
            told.setdefault(POINT, cell)
        elif point != comma and (doubt_points or COMMA in cell.text) and doubtful is None:
            doubtful = cell
    if len(told) > 1:
        raise DataError(
            f"{path}: expected one way to write numbers. Received: {_said(told[COMMA])} with a decimal comma,"
            f" {_said(told[POINT])} with a point",
            hint="write all numbers with a point",
        )
    if not told and doubtful is not None:
        raise DataError(
            f"{path}, {doubtful.where}: {doubtful.text!r} may have a fraction or thousands, and no other number tells",
            hint=f"{way_out} says what stands before a fraction, a point or a comma"
            if way_out
            else "write fractions with a point, nothing between thousands, and commas between cells",
            arguments=[way_out] if way_out else [],
        )
    return next(iter(told), POINT)


def _said(cell: Cell) -> str:
    return f"{printable(cell.text)!r} in {cell.where}"
