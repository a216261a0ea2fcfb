"""Folders that are classes, tables of classes, or neither."""

from pathlib import Path

import pytest

from aoi_modules.datasets.folder.layouts import ClassFolder, layout_of, table_of
from aoi_modules.errors import DataError


def put(root: Path, *names: str) -> Path:
    for name in names:
        (root / name / "1.png").parent.mkdir(parents=True, exist_ok=True)
        (root / name / "1.png").write_bytes(b"x")
    return root


def classes(root: Path) -> list[tuple[str, str, str | None]]:
    return [(folder.path.relative_to(root).as_posix(), folder.label, folder.part) for folder in layout_of(root).classes]


def test_plain_classes(tmp_path: Path) -> None:
    layout = layout_of(put(tmp_path, "good", "scratch/lot 7"))
    assert layout.classes == [ClassFolder(tmp_path / name, name) for name in ("good", "scratch")]
    assert layout.said_by == ""


def test_tables_of_classes_whatever_their_names_and_capitals(tmp_path: Path) -> None:
    put(tmp_path, "Training/good", "Training/bad", "valid/good", "valid/bad", "TEST/good", "TEST/bad")
    assert set(classes(tmp_path)) == {
        (f"{table}/{label}", label, part)
        for table, part in (("Training", "train"), ("valid", "validation"), ("TEST", "test"))
        for label in ("good", "bad")
    }
    assert layout_of(tmp_path).said_by == "the folders TEST, Training, valid"


def test_masks_beside_tables_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "train/good", "test/good", "test/scratch", "ground_truth/scratch", "masks/scratch")
    assert [name for name, _, _ in classes(tmp_path)] == ["test/good", "test/scratch", "train/good"]
    assert {entry.path.name for entry in layout_of(tmp_path).passed} == {"ground_truth", "masks"}


def test_classes_of_tables(tmp_path: Path) -> None:
    put(tmp_path, "good/train", "good/test", "bad/train", "bad/test")
    assert classes(tmp_path) == [
        ("bad/test", "bad", "test"),
        ("bad/train", "bad", "train"),
        ("good/test", "good", "test"),
        ("good/train", "good", "train"),
    ]


def test_classes_that_are_called_like_tables_stay_classes(tmp_path: Path) -> None:
    assert [label for _, label, _ in classes(put(tmp_path / "a", "valid", "invalid"))] == ["invalid", "valid"]
    assert [label for _, label, _ in classes(put(tmp_path / "b", "train", "plane"))] == ["plane", "train"]


@pytest.mark.parametrize(
    ("folders", "why"),
    [
        ((), "no folder in it"),
        (("train", "test"), r"named after classes\. Received: test, train"),
        (("train/a", "train/b", "other"), "both, train and other"),
        (("val/a", "test/a"), "expected a folder train to learn from"),
        (("train/a", "training/b", "test/a"), "one folder for each table"),
        (("bottle/train/good", "bottle/test/good", "cable/train/good", "cable/test/good"), "several, each with tables"),
        (("good/train", "good/test", "bad"), "in every class the same folders"),
        (("images", "masks"), "pictures and what was drawn"),
        (("set/good", "set/bad"), "only set, with the folders bad, good"),
    ],
)
def test_what_nobody_can_tell_is_refused(tmp_path: Path, folders: tuple[str, ...], why: str) -> None:
    with pytest.raises(DataError, match=why):
        layout_of(put(tmp_path, *folders))


def test_classes_below_the_pictures_are_pointed_at(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        layout_of(put(tmp_path, "Images/Normal", "Images/Anomaly", "Masks/Anomaly"))
    assert caught.value.hint == f"name {tmp_path}/Images"


def test_a_table_beside_its_pictures_is_pointed_at(tmp_path: Path) -> None:
    (put(tmp_path, "img") / "parts.csv").write_text("path,label\n")
    with pytest.raises(DataError, match=r"only img, and the file parts\.csv") as caught:
        layout_of(tmp_path)
    assert caught.value.hint == f"name {tmp_path}/parts.csv, if it lists the pictures"


def test_names_of_tables() -> None:
    assert [table_of(name) for name in ("Train", "VAL", "dev", "testing", "good")] == [
        "train", "validation", "validation", "test", None,
    ]  # fmt: skip
