"""Text tables as people's programs write them: commas, semicolons or tabs, in UTF-8 or UTF-16, with Excel's extras.

What is surely meant is read; what could mean two things is refused. Cells stay text here.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.datasets.file_names import printable
from aoi_modules.errors import DataError

DELIMITERS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""How a file begins that says its encoding; the longer of two like marks first."""
_OTHER_FILES = {
    b"PK\x03\x04": "a spreadsheet or another archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet of an old Excel",
    b"SQLite format 3": "a database",
}
_SEPARATOR = re.compile(r'\A"?sep=(.)"?[ \t]*(\r\n|\r|\n|\Z)', re.IGNORECASE)
_HALF = re.compile("[\udc80-\udcff]")
"""How Python holds a byte that is no UTF-8."""
SAVE_AS = "save the table as CSV in UTF-8"


@dataclass(frozen=True)
class Line:
    """One line of a table.

    Args:
        number: of the line in the file, from 1; of a line with line breaks in quotes the first.
        cells: text, without blanks around it.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CsvText:
    """A text table.

    Args:
        path: of the file, for messages.
        header: the names of its columns.
        lines: those below, without empty ones; each may have another number of cells than the header.
        delimiter: what stands between cells.
    """

    path: Path
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    delimiter: str

    def column(self, name: str) -> Iterator[tuple[int, str]]:
        """Gives the number of each line that has as many cells as the header, and its cell in the column."""
        place = self.header.index(name)
        return ((line.number, line.cells[place]) for line in self.lines if len(line.cells) == len(self.header))


def read_csv(path: Path, wanted: Sequence[str]) -> CsvText:
    """Reads a text table.

    Bytes that are no UTF-8 stay in the cells as `undecoded` finds them: a file's name may hold such bytes.

    Args:
        path: of the file.
        wanted: names that the header should have; they tell what stands between cells.

    Raises:
        DataError: the file cannot be read or is no text table; names the line.
    """
    given, text, lines_before = _without_separator(_text(path))
    candidates = [given] if given else list(DELIMITERS)
    delimiter = max(candidates, key=lambda one: _fit(text, one, wanted))
    header, lines = _parsed(path, text, delimiter, lines_before)
    _check_header(path, header)
    return _without_empty_columns(CsvText(path, header, lines, delimiter))


def undecoded(text: str) -> int | None:
    """Gives the first byte of a text that was no UTF-8, in [128, 256); None when there is none."""
    found = _HALF.search(text)
    return ord(found[0]) - 0xDC00 if found else None


def not_utf8(path: Path, number: int, text: str) -> DataError:
    """Says that a line is written in an encoding that nobody can know for sure."""
    byte = undecoded(text) or 0
    return DataError(
        f"{path}, line {number}: expected UTF-8. Received: the byte 0x{byte:02x} in {printable(text)!r}",
        hint=f"{SAVE_AS}: other encodings, such as Windows-1252 or GBK, look alike and cannot be told apart",
    )


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    for start, what in _OTHER_FILES.items():
        if content.startswith(start):
            raise DataError(f"{path}: expected a text table. Received: {what}", hint=SAVE_AS)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(path, content, encoding)
    if b"\0" in content:
        raise DataError(f"{path}: expected a text table. Received: bytes of zero, as UTF-16 has them", hint=SAVE_AS)
    return content.decode("utf-8", errors="surrogateescape")


def _decoded(path: Path, content: bytes, encoding: str) -> str:
    """Text whose encoding is said by its first bytes."""
    try:
        return content.decode(encoding, errors="surrogateescape" if encoding == "utf-8-sig" else "strict")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected {encoding.upper()}, as its first bytes say: {error.reason}", hint=SAVE_AS
        ) from None


def _without_separator(text: str) -> tuple[str, str, int]:
    """Takes off Excel's line `sep=;`: what it says, the rest of the text, and how many lines it was."""
    found = _SEPARATOR.match(text)
    return (found[1], text[found.end() :], 1) if found else ("", text, 0)


def _fit(text: str, delimiter: str, wanted: Sequence[str]) -> tuple[int, int]:
    """How well a delimiter fits: wanted names in the header, then cells in it."""
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return (0, 0)
    names = {cell.strip().casefold() for cell in header}
    return (sum(name.casefold() in names for name in wanted), len(header))


def _parsed(path: Path, text: str, delimiter: str, lines_before: int) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = []
    start = lines_before + 1
    try:
        for cells in reader:
            lines.append(Line(start, tuple(cell.strip() for cell in cells)))
            start = lines_before + reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}, line {start}: expected a CSV file: {error}", hint="a quote that begins a cell has to end it, too"
        ) from None
    lines = [line for line in lines if any(line.cells)]
    return (lines[0].cells, tuple(lines[1:])) if lines else ((), ())


def _check_header(path: Path, header: tuple[str, ...]) -> None:
    for name in header:
        if undecoded(name) is not None:
            raise not_utf8(path, 1, name)


def _without_empty_columns(table: CsvText) -> CsvText:
    """Drops columns at the end without a name and without content, as spreadsheets leave them behind."""
    named = len(table.header)
    while named and not table.header[named - 1] and not any("".join(line.cells[named - 1 :]) for line in table.lines):
        named -= 1
    # Cells beyond the header count as none while they are empty.
    lines = tuple(
        Line(line.number, line.cells[:named] if not any(line.cells[named:]) else line.cells) for line in table.lines
    )
    return CsvText(table.path, table.header[:named], lines, table.delimiter)
