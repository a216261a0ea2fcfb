"""Class folders, before any picture is opened."""

import os
from pathlib import Path

from aoi_modules.datasets.folder.class_rows import from_folder
from aoi_modules.datasets.folder.labelled_rows import Listing
from tests.datasets.small_parts import put_parts


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
    assert (listing.bad, listing.passed) == ([], [])


def test_what_is_no_row_is_said_or_bad(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 1, "scratch": 1})
    for name in ("good/a.JPG", "good/b.tif", "good/notes.txt", "good/Thumbs.db", "good/.hidden.png", "stray.png"):
        (tmp_path / name).write_bytes(b"x")
    for name in ("empty", "good/.cache", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "good/.cache/c.png").write_bytes(b"x")
    listing = from_folder(tmp_path)
    assert [row.name for row in listing.rows] == ["good/000.png", "good/a.JPG", "scratch/000.png"]
    assert listing.passed == [
        "passed over: no pictures: good/notes.txt",
        "passed over: hidden: 3, such as .git",
        "passed over: thumbnails: good/Thumbs.db",
    ]
    assert whys(listing) == [
        f"stray.png: stands in no class folder of {tmp_path}",
        "empty/: expected pictures of this class. Received: none",
        "good/b.tif: expected one of .png, .jpg, .jpeg, .bmp. Received: .tif; "
        "convert it: aoi data convert FILE --out DIR",
    ]


def test_folders_of_tables_say_the_table(tmp_path: Path) -> None:
    for part in ("train", "test"):
        put_parts(tmp_path / part, {"ok_front": 1, "def_front": 2})
    listing = from_folder(tmp_path)
    assert [(row.name, row.label, row.part, row.subfolder) for row in listing.rows[:3]] == [
        ("test/def_front/000.png", "def_front", "test", ""),
        ("test/def_front/line 2/001.png", "def_front", "test", "line 2"),
        ("test/ok_front/000.png", "ok_front", "test", ""),
    ]
    assert listing.said_by == "the folders test, train"


def test_masks_and_results_are_no_pictures_of_a_class(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 1, "scratch": 1})
    for name in (
        "scratch/000_mask.png",
        "scratch/ground_truth/000.png",
        "models/tile/1/saved_model.pb",
        "r/model.keras",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "scratch/part_mask.png").write_bytes(b"x")  # of which there is no picture without the ending
    listing = from_folder(tmp_path)
    assert [row.name for row in listing.rows] == ["good/000.png", "scratch/000.png", "scratch/part_mask.png"]
    assert listing.bad == []
    assert listing.passed == [
        "passed over: masks of a ground truth: 2, such as scratch/000_mask.png",
        "passed over: results of a training or an export: 2, such as models/tile/1",
    ]


def test_links_that_lead_nowhere_are_bad_and_names_need_be_no_utf8(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 1})
    (tmp_path / "good/gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "good" / os.fsdecode(b"gr\xfcn.png")).write_bytes(b"x")
    listing = from_folder(tmp_path)
    assert [row.name for row in listing.rows] == ["good/000.png", "good/gr\\udcfcn.png"]
    assert listing.rows[1].path.read_bytes() == b"x"
    assert whys(listing) == [f"good/gone.png: a link to {tmp_path}/nowhere.png, which is not there"]


def test_masks_in_folders_of_their_own_are_known_by_the_pictures_that_they_belong_to(tmp_path: Path) -> None:
    for name in ("1.png", "2.png", "Label/1_label.png", "mask/2.png", "label/9.png"):
        (tmp_path / "good" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "good" / name).write_bytes(b"x")
    listing = from_folder(tmp_path)
    assert [row.name for row in listing.rows] == ["good/1.png", "good/2.png", "good/label/9.png"]
    assert listing.passed == ["passed over: masks of a ground truth: 2, such as good/Label/1_label.png"]


def test_two_endings_of_one_name_are_pointed_out(tmp_path: Path) -> None:
    for name in ("good/7.jpg", "good/7.png", "bad/7.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (note,) = from_folder(tmp_path).notes
    assert note.startswith("1 of 3 pictures have the name of another but for its ending, such as good/7.jpg and")
