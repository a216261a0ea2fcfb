"""CSV files, before any picture is opened."""

import csv
import io
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.folder.csv_rows import from_csv
from aoi_modules.datasets.folder.labelled_rows import Listing
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import DataError


def put_csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "parts.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def whys(listing: Listing) -> list[str]:
    return [str(row) for row in listing.bad]


def numbers(listing: Listing) -> list[tuple[float, ...]]:
    return [row.numbers for row in listing.rows]


@pytest.mark.parametrize("comma", [",", ";", "\t", "|"])
def test_columns_in_any_order(tmp_path: Path, comma: str) -> None:
    lines = [
        "label,height_mm,path,split,group,width",
        " ok ,1.5,a b/1.png,train,lot 7,-2e3",
        "",
        "bad,2,2.png,Testing,8,0",
    ]
    listing = from_csv(put_csv(tmp_path, "\ufeff" + "\r\n".join(lines).replace(",", comma)))
    assert listing.number_names == ("height_mm", "width")
    assert (listing.bad, listing.said_by) == ([], "the column split")
    first, second = listing.rows
    assert (first.name, first.path, first.label, first.line) == ("a b/1.png", tmp_path / "a b/1.png", "ok", 2)
    assert (first.part, first.group, first.numbers) == ("train", "lot 7", (1.5, -2000.0))
    assert (second.part, second.group, second.numbers) == ("test", "8", (2.0, 0.0))


def test_bad_lines_are_named_by_their_number(tmp_path: Path) -> None:
    text = """path,label,split,height
1.png,ok,train,1
2.png,,train,1
3.png,ok,middle,1
4.png,ok,train,nan
5.png,ok,train,tall
6.png,ok,train
1.png,ok,train,2
./1.png,ok,train,2
7.png,ok,train,1e39
8.png,ok,train,1,5
9.png,ok,train,1
10.png,ok,train,1
"""
    assert whys(from_csv(put_csv(tmp_path, text))) == [
        "parts.csv, line 3: label: expected a word. Received: nothing",
        "parts.csv, line 4: split: expected one of train, validation, test. Received: 'middle'",
        "parts.csv, line 5: height: expected a number. Received: 'nan'",
        "parts.csv, line 6: height: expected a number. Received: 'tall'",
        "parts.csv, line 7: expected 4 cells, path,label,split,height. Received: 3",
        "parts.csv, line 8: 1.png stands in line 2 already",
        "parts.csv, line 9: ./1.png stands in line 2 already",
        "parts.csv, line 10: height: expected a number up to 3.4e+38, the largest of a model. Received: '1e39'",
        "parts.csv, line 11: expected 4 cells, path,label,split,height. Received: 5; a comma in a cell wants quotes"
        " around it",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "among them path and label. Received: nothing"),
        ("file,label\n1.png,ok\n", "Received: file, label"),
        ("path,label,path\n1.png,ok,2.png\n", "expected one column of a name. Received: 'path' in columns 1, 3"),
        ("path,label,operator\n1.png,ok,Ann\n2.png,ok,Bob\n", "Received: 'operator' with 'Ann'"),
        ("path,label,\n1.png,ok,3\n", "Received: column 3, without a name"),
        ('path,label\n2.png,ok\n"1.png,ok\n', "line 3: expected a CSV file"),
        ("path;label;h\n1.png;ok;1,520\n", "line 2, h: '1,520' may have a fraction or thousands"),
        ("path;label;h;w\n1.png;ok;1,52;1.5\n", "'1,52' in line 2, h with a decimal comma, '1.5' in line 2, w"),
    ],
)
def test_what_is_no_table_of_ours_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(DataError) as caught:
        from_csv(put_csv(tmp_path, text))
    assert why in caught.value.message


def test_other_encodings_are_refused_by_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "parts.csv"
    path.write_bytes("path,label\n0.png,good\n1.png,gr\xfcn\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"line 3: expected UTF-8\. Received: the byte 0xfc in"):
        from_csv(path)
    path.write_bytes("path,label\n0.png,good\ngr\xfcn.png,good\n".encode("latin-1"))
    with pytest.raises(DataError, match="line 3: expected UTF-8"):
        from_csv(path)
    (tmp_path / os.fsdecode(b"gr\xfcn.png")).write_bytes(b"x")  # a file of just these bytes
    assert [row.path.exists() for row in from_csv(path).rows] == [False, True]
    assert from_csv(path).rows[1].name == "gr\\udcfcn.png"


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        ("img\\1.png", "img/1.png"),
        (unicodedata.normalize("NFC", "gr\u00fcn.png"), unicodedata.normalize("NFD", "gr\u00fcn.png")),
        ("img\\1.png", "img\\1.png"),
    ],
)
def test_paths_as_other_systems_write_them(tmp_path: Path, cell: str, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_bytes(b"x")
    (row,) = from_csv(put_csv(tmp_path, f"path,label\n{cell},good\n")).rows
    assert (row.path, row.name) == (tmp_path / file, cell)


@pytest.mark.parametrize("cell", ["C:\\img\\1.png", "d:/img/1.png", "\\\\server\\img\\1.png"])
def test_paths_on_a_windows_drive_are_named(tmp_path: Path, cell: str) -> None:
    listing = from_csv(put_csv(tmp_path, f"path,label\n{cell},good\n"))
    assert whys(listing) == [
        f"parts.csv, line 2: {cell}: expected a path relative to the table. Received: one on a Windows drive"
    ]


def test_absolute_paths_and_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    text = f"path,label\n{tmp_path}/a.png,good\n~/b.png,good\n~nobody-of-that-name/c.png,good\n"
    assert [row.path for row in from_csv(put_csv(tmp_path, text)).rows] == [
        tmp_path / "a.png",
        tmp_path / "home/b.png",
        tmp_path / "~nobody-of-that-name/c.png",
    ]


def test_columns_are_chosen(tmp_path: Path) -> None:
    text = "file,class,board,set,height,serial\n" + "".join(
        f"{i}.png,ok,b{i // 2},train,{i / 2},{1000 + i}\n" for i in range(8)
    )
    chosen = Reading("file", "class", split_column="set", group_column="board", features=("height",))
    listing = from_csv(put_csv(tmp_path, text), chosen)
    assert (listing.number_names, listing.rows[3].numbers, listing.rows[3].group) == (("height",), (1.5,), "b1")
    assert listing.passed == ["the column serial: not named, nothing was learnt from it"]
    assert from_csv(put_csv(tmp_path, text), Reading("file", "class", features=())).number_names == ()
    with pytest.raises(DataError, match=r"file, class, board, set, height, serial\. Received: 'h'"):
        from_csv(put_csv(tmp_path, text), Reading("file", "class", features=("h",)))


def test_serial_numbers_are_asked_about(tmp_path: Path) -> None:
    path = put_csv(tmp_path, "path,label,serial,h\n" + "".join(f"{i}.png,ok,{i + 9},{i % 3}\n" for i in range(8)))
    with pytest.raises(DataError, match=r"serial: whole and different in every row.*\(9, 10, 11\)") as caught:
        from_csv(path)
    assert caught.value.hint.startswith("`features=('h',)` leaves it out")
    asked: list[str] = []

    def yes(what: str) -> bool:
        asked.append(what)
        return True

    kept = from_csv(path, ask=yes)
    assert (kept.number_names, kept.rows[1].numbers, len(asked)) == (("serial", "h"), (10.0, 1.0), 1)
    left = from_csv(path, ask=lambda what: False)
    assert (left.number_names, left.rows[1].numbers) == (("h",), (1.0,))
    assert left.passed == ["the column serial: a serial number, nothing was learnt from it"]
    assert from_csv(path, Reading(features=("serial",))).number_names == ("serial",)


def test_a_column_of_one_value_is_told(tmp_path: Path) -> None:
    listing = from_csv(put_csv(tmp_path, "path;label;h\n1.png;ok;1,5\n2.png;ok;1,50\n"))
    assert numbers(listing) == [(1.5,), (1.5,)]
    assert listing.notes == [
        "h: 1.5 in every row, so nothing can be learnt from it",
        "numbers were read with a decimal comma",
    ]


Dialect = tuple[str, str, str, str, bool]
DIALECTS = st.tuples(
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([".", ","]),
    st.booleans(),
)
WORDS = st.text(st.sampled_from("abz \u00e4\u826f\u2028,;\"'\t\\"), min_size=1, max_size=8).filter(
    lambda word: word == word.strip() and not word.startswith("\\\\")  # which begins a path of Windows
)
ROWS = st.lists(
    st.tuples(WORDS, WORDS, st.floats(-9e6, 9e6, width=32).map(lambda value: round(value, 2))),
    min_size=1,
    max_size=6,
    unique_by=lambda row: os.path.normpath(row[0]),
)


@given(ROWS, DIALECTS)
def test_every_dialect_reads_to_the_same_rows_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, float]], dialect: Dialect
) -> None:
    comma, end, encoding, mark, separator = dialect
    text = io.StringIO()
    writer = csv.writer(text, delimiter=comma, lineterminator=end)
    writer.writerow(["path", "label", "height"])
    writer.writerows([path, label, f"{value:.2f}".replace(".", mark)] for path, label, value in rows)
    first = f"sep={comma}{end}" if separator else ""
    path = tmp_path_factory.getbasetemp() / "dialect.csv"
    path.write_bytes((first + text.getvalue()).encode(encoding))
    listing = from_csv(path, Reading(features=("height",)))
    assert [(row.name, row.label, row.numbers) for row in listing.rows] == [
        (name, label, (value,)) for name, label, value in rows
    ]
    assert listing.bad == []
