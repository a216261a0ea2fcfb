"""Class folders and CSV files, before any picture is opened."""

from pathlib import Path

import pytest

from aoi_modules.datasets.folder.labelled_rows import Listing, from_csv, from_folder
from aoi_modules.errors import DataError
from tests.datasets.small_parts import put_parts


def put_csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "parts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def whys(listing: Listing) -> list[str]:
    return [str(row) for row in listing.bad]


def test_pictures_at_any_depth_belong_to_their_class(tmp_path: Path) -> None:
    listing = from_folder(put_parts(tmp_path, {"good": 3, "scratch": 2}))
    assert [(row.name, row.label) for row in listing.rows] == [
        ("good/000.png", "good"),
        ("good/002.png", "good"),
        ("good/line 2/001.png", "good"),
        ("scratch/000.png", "scratch"),
        ("scratch/line 2/001.png", "scratch"),
    ]
    assert all(row.path.is_file() and row.part is None and row.group is None for row in listing.rows)
    assert (listing.bad, listing.notes) == ([], [])


def test_what_is_no_row_is_said_or_bad(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 1, "scratch": 1})
    for name in ("good/a.JPG", "good/b.tif", "good/notes.txt", "good/Thumbs.db", "good/.hidden.png", "stray.png"):
        (tmp_path / name).write_bytes(b"x")
    for name in ("empty", "good/.cache", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "good/.cache/c.png").write_bytes(b"x")
    listing = from_folder(tmp_path)
    assert [row.name for row in listing.rows] == ["good/000.png", "good/a.JPG", "scratch/000.png"]
    assert listing.notes == ["files that are no pictures were passed over: 1, such as good/notes.txt"]
    assert whys(listing) == [
        f"stray.png: stands in no class folder of {tmp_path}",
        "empty/: expected pictures of this class. Received: none",
        "good/b.tif: expected one of .png, .jpg, .jpeg, .bmp. Received: .tif",
    ]


def test_folders_of_tables_are_no_classes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder in it"):
        from_folder(tmp_path)
    with pytest.raises(DataError, match=r"named after classes\. Received: test, train"):
        from_folder(put_parts(tmp_path, {"train": 1, "test": 1}))


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
