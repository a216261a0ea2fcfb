"""CSV files, before any picture is opened."""

from pathlib import Path

import pytest

from aoi_modules.datasets.folder.csv_rows import from_csv
from aoi_modules.datasets.folder.labelled_rows import Listing
from aoi_modules.errors import DataError


def put_csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "parts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def whys(listing: Listing) -> list[str]:
    return [str(row) for row in listing.bad]


@pytest.mark.parametrize("comma", [",", ";"])
def test_csv_columns_in_any_order(tmp_path: Path, comma: str) -> None:
    lines = [
        "label,height_mm,path,split,group,width",
        " ok ,1.5,a b/1.png,train,lot 7,-2e3",
        "",
        "bad,2,2.png,test,8,0",
    ]
    listing = from_csv(put_csv(tmp_path, "\ufeff" + "\r\n".join(lines).replace(",", comma)))
    assert listing.number_names == ("height_mm", "width")
    assert listing.bad == []
    first, second = listing.rows
    assert (first.name, first.path, first.label) == ("a b/1.png", tmp_path / "a b/1.png", "ok")
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
8.png,ok,train,1
9.png,ok,train,1
10.png,ok,train,1
"""
    assert whys(from_csv(put_csv(tmp_path, text))) == [
        "parts.csv, line 3: label: expected a word. Received: nothing",
        "parts.csv, line 4: split: expected one of train, validation, test. Received: 'middle'",
        "parts.csv, line 5: height: expected a number. Received: 'nan'",
        "parts.csv, line 6: height: expected a number. Received: 'tall'",
        "parts.csv, line 7: expected 4 cells, path,label,split,height. Received: 3",
        "parts.csv, line 8: 1.png stands in an earlier line already",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "among them path and label. Received: ''"),
        ("file,label\n1.png,ok\n", "Received: 'file,label'"),
        ("path,label,path\n1.png,ok,2.png\n", "each once"),
        ("path,label,operator\n1.png,ok,Ann\n2.png,ok,Bob\n", "unknown column 'operator'"),
        ("path,label,\n1.png,ok,3\n", "unknown column ''"),
        ('path,label\n"1.png,ok\n', "line 2: expected a CSV file"),
    ],
)
def test_what_is_no_table_of_ours_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(DataError) as caught:
        from_csv(put_csv(tmp_path, text))
    assert why in caught.value.message


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "parts.csv"
    path.write_bytes("path,label\n1.png,gr\xfcn\n".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        from_csv(path)
