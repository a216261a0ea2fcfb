"""Names of what is none of people's pictures."""

from pathlib import Path

import pytest

from aoi_modules.datasets.clutter import MASKS, RESULT, clutter, is_picture


@pytest.mark.parametrize(
    "name",
    [
        "@eaDir", "$RECYCLE.BIN", "$Recycle.Bin", "System Volume Information", "__MACOSX", ".ipynb_checkpoints", ".git",
        "lost+found", "#recycle", ".Trash-1000", ".Trashes", "Thumbnails", "checkpoints", ".run1.unfinished",
    ],
)  # fmt: skip
def test_folders_of_systems_are_known_whatever_their_capitals(tmp_path: Path, name: str) -> None:
    assert clutter(tmp_path / name, is_folder=True)


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", ".DS_Store", "._0001.png", ".hidden.png"])
def test_files_of_systems_are_known(tmp_path: Path, name: str) -> None:
    assert clutter(tmp_path / name, is_folder=False)


@pytest.mark.parametrize("name", ["good", "scratch", "mask", "no_mask", "thumb_scratch", "train", "recycle"])
def test_classes_are_none_of_them(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert clutter(tmp_path / name, is_folder=True) == ""


def test_ground_truth_is_masks_and_a_file_of_such_a_name_is_a_file(tmp_path: Path) -> None:
    assert clutter(tmp_path / "Ground_Truth", is_folder=True) == MASKS
    assert clutter(tmp_path / "thumbnails", is_folder=False) == ""


@pytest.mark.parametrize("marks", [["model.keras"], ["saved_model.pb"], ["report.json", "samples/1.png"]])
def test_results_are_known_by_what_is_in_them(tmp_path: Path, marks: list[str]) -> None:
    for mark in marks:
        (tmp_path / "run" / mark).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / mark).write_bytes(b"x")
    assert clutter(tmp_path / "run", is_folder=True) == RESULT
    (tmp_path / "run" / "0001.png").write_bytes(b"x")  # pictures right in it: somebody's class
    assert clutter(tmp_path / "run", is_folder=True) == ""


def test_a_report_alone_makes_no_result(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(b"{}")
    assert clutter(tmp_path, is_folder=True) == ""


def test_pictures_are_known_by_their_ending() -> None:
    assert [is_picture(Path(name)) for name in ("a.PNG", "a.tif", "a.txt", "png")] == [True, True, False, False]
