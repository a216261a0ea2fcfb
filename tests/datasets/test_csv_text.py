"""Text tables as programs write them."""

from pathlib import Path

import pytest

from aoi_modules.datasets.csv_text import CsvText, Line, read_csv, undecoded
from aoi_modules.errors import DataError


def read(tmp_path: Path, content: bytes) -> CsvText:
    path = tmp_path / "parts.csv"
    path.write_bytes(content)
    return read_csv(path, ("path", "label"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_what_they_are(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, "path,label\n1.png,gr\u00fcn\n".encode(encoding))
    assert (table.header, table.lines) == (("path", "label"), (Line(2, ("1.png", "gr\u00fcn")),))


def test_the_wanted_names_tell_what_stands_between_cells(tmp_path: Path) -> None:
    table = read(tmp_path, b"path;label;a,b,c,d,e\n1.png;good;x\n")
    assert table.delimiter == ";"
    assert table.header == ("path", "label", "a,b,c,d,e")


def test_excels_line_says_what_stands_between_cells(tmp_path: Path) -> None:
    table = read(tmp_path, b'"sep=^"\r\nPath^Label\r\n1.png^good\r\n')
    assert (table.delimiter, table.header, table.lines) == ("^", ("Path", "Label"), (Line(3, ("1.png", "good")),))


def test_lines_are_counted_through_quotes_and_empty_ones(tmp_path: Path) -> None:
    table = read(tmp_path, b'path,label\n\n"a\nb.png",good\n,\n2.png, bad \n')
    assert table.lines == (Line(3, ("a\nb.png", "good")), Line(6, ("2.png", "bad")))


def test_odd_line_breaks_of_unicode_stay_in_their_cell(tmp_path: Path) -> None:
    assert (
        read(tmp_path, "path,label\na\u2028b\x0b\x85c.png,good\n".encode()).lines[0].cells[0] == "a\u2028b\x0b\x85c.png"
    )


def test_empty_columns_at_the_end_are_dropped(tmp_path: Path) -> None:
    table = read(tmp_path, b"path,label,,\n1.png,good,,\n2.png,good\n3.png,good,,,,\n")
    assert table.header == ("path", "label")
    assert [line.cells for line in table.lines] == [("1.png", "good"), ("2.png", "good"), ("3.png", "good")]


def test_a_column_with_content_needs_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, b"path,label,\n1.png,good,\n2.png,good,7\n").header == ("path", "label", "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04rest", "Received: a spreadsheet or another archive"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel"),
        ("path,label\n".encode("utf-16-le"), "bytes of zero"),
        (b"\xff\xfep", "expected UTF-16"),
        (b"path,label,gr\xfcn\n", "line 1: expected UTF-8"),
        (b'path,label\n1.png,good\n"2.png,good\n', "line 3: expected a CSV file"),
    ],
)
def test_what_is_no_text_table_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why):
        read(tmp_path, content)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_csv(tmp_path / "parts.csv", ())


def test_bytes_that_are_no_utf8_stay_in_their_cells(tmp_path: Path) -> None:
    (line,) = read(tmp_path, b"path,label\ngr\xfcn.png,good\n").lines
    assert [undecoded(cell) for cell in line.cells] == [0xFC, None]
