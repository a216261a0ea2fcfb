"""Which picture is in which table."""

from pathlib import Path

import pytest

from aoi_modules.datasets import folder
from aoi_modules.errors import DataError
from tests.datasets.folder.test_split import place, put_csv, tables
from tests.datasets.small_parts import picture, put_parts


def put_tables(root: Path, **counts: dict[str, int]) -> Path:
    """`<table>/<class>/<number>.png`; all pictures differ."""
    for number, (name, of_class) in enumerate(counts.items()):
        for label, count in of_class.items():
            for i in range(count):
                path = root / name / label / f"{i:03d}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(picture(100_000 * number + 1000 * sum(map(ord, label)) + i))
    return root


def test_folders_of_tables_are_kept_and_a_missing_validation_is_dealt_from_training(tmp_path: Path) -> None:
    put_tables(tmp_path, train={"good": 20, "bad": 10}, test={"good": 5, "bad": 4})
    split = folder.load(tmp_path)
    assert [table.counts() for table in tables(split).values()] == [
        {"good": 16, "bad": 8},
        {"good": 4, "bad": 2},
        {"good": 5, "bad": 4},
    ]
    assert all(name.startswith("test/") == (part == "test") for name, part in place(split).items())
    assert split.notes[1:] == (
        "the folders test, train: none for validation, so a fifth of the training pictures of each class was dealt into"
        " validation",
    )


def test_a_missing_test_is_dealt_from_training_too(tmp_path: Path) -> None:
    split = folder.load(put_tables(tmp_path, train={"good": 20, "bad": 10}, val={"good": 3, "bad": 3}))
    assert [len(table) for table in tables(split).values()] == [24, 6, 6]
    assert all(name.startswith("val/") == (part == "validation") for name, part in place(split).items())


def test_three_folders_of_tables_are_taken_as_they_are(tmp_path: Path) -> None:
    counts = {"good": 3, "bad": 3}
    split = folder.load(put_tables(tmp_path, training=counts, dev=counts, testing=counts))
    assert [len(table) for table in tables(split).values()] == [6, 6, 6]
    assert split.notes[1:] == ()


def test_groups_stay_together_when_the_validation_is_dealt(tmp_path: Path) -> None:
    rows = [f"{i},{('good', 'bad')[i % 2]},{'train' if i < 40 else 'test'},lot {i // 4}" for i in range(60)]
    part = place(folder.load(put_csv(tmp_path, "path,label,split,group", rows)))
    lots = [{part[f"{i}.png"] for i in range(4 * lot, 4 * lot + 4)} for lot in range(15)]
    assert (
        sorted(next(iter(parts)) for parts in lots if len(parts) == 1)
        == ["test"] * 5 + ["train"] * 8 + ["validation"] * 2
    )


def test_a_picture_of_the_test_is_never_learnt_from(tmp_path: Path) -> None:
    put_tables(tmp_path, train={"good": 6, "bad": 6}, test={"good": 3, "bad": 3})
    (tmp_path / "train/good/copy.png").write_bytes((tmp_path / "test/good/000.png").read_bytes())
    split = folder.load(tmp_path)
    assert split.left_out == ("train/good/copy.png: the picture of test/good/000.png, which is in test, not train",)
    assert "train/good/copy.png" not in place(split)


def test_a_table_without_a_class_is_refused(tmp_path: Path) -> None:
    put_tables(tmp_path, train={"good": 6}, test={"good": 3, "scratch": 3})
    with pytest.raises(DataError, match=r"Received: train without scratch, by the folders test, train") as caught:
        folder.load(tmp_path)
    assert caught.value.hint.startswith("`good_only=True` learns from good alone and tests with all; or")


def test_a_layout_and_a_table_that_say_the_same_are_the_same_data(tmp_path: Path) -> None:
    root = put_tables(tmp_path / "crops", train={"ok_front": 20, "def_front": 15}, test={"ok_front": 6, "def_front": 5})
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))
    rows = [f"crops/{name},{name.split('/')[1]},{name.split('/')[0]}" for name in names]
    (tmp_path / "crops.csv").write_text("path,label,split\n" + "\n".join(rows) + "\n")
    by_layout, by_table = folder.load(root), folder.load(tmp_path / "crops.csv")
    for mine, other in zip(tables(by_layout).values(), tables(by_table).values(), strict=True):
        assert mine.pictures == other.pictures
        assert (mine.labels.tolist(), mine.main.good) == (other.labels.tolist(), ("ok_front",))


def test_without_training_pictures_nothing_is_learnt(tmp_path: Path) -> None:
    rows = [f"{i},{('good', 'bad')[i % 2]},test" for i in range(12)]
    with pytest.raises(DataError, match="the column split, without any for train"):
        folder.load(put_csv(tmp_path, "path,label,split", rows))


def test_what_says_no_table_is_dealt(tmp_path: Path) -> None:
    split = folder.load(put_parts(tmp_path, {"good": 10, "bad": 5}))
    assert [len(table) for table in tables(split).values()] == [9, 3, 3]
