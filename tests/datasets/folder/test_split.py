"""Pictures of one's own: tables that leak nothing, and errors that name files."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets import folder
from aoi_modules.datasets.table import Split, Table
from aoi_modules.errors import DataError
from aoi_modules.modelstore.learnt_units import ABOUT, LearntUnits, held_out_hash
from tests.datasets.small_parts import picture, put_parts


def tables(split: Split) -> dict[str, Table]:
    return {"train": split.train, "validation": split.validation, "test": split.test}


def place(split: Split) -> dict[str, str]:
    return {name: part for part, table in tables(split).items() for name in table.ids}


def put_csv(root: Path, columns: str, rows: list[str]) -> Path:
    """A CSV beside pictures; each row begins with the number of its picture."""
    for row in rows:
        number = row.partition(",")[0]
        (root / f"{number}.png").write_bytes(picture(int(number)))
    path = root / "parts.csv"
    path.write_text("\n".join([columns, *(row.replace(",", ".png,", 1) for row in rows)]))
    return path


@pytest.mark.parametrize("good", ["good", "OK", "pass", "良品"])
def test_good_and_another_class_are_a_defect_head(tmp_path: Path, good: str) -> None:
    split = folder.load(put_parts(tmp_path, {"a scratch": 10, good: 20}))
    assert split.left_out == ()
    assert place(split).keys() == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png")}
    for part, share in (("train", 0.6), ("validation", 0.2), ("test", 0.2)):
        table = tables(split)[part]
        assert (table.main.name, table.label_names, table.main.good) == ("defect", (good, "a scratch"), (good,))
        assert table.counts() == {good: round(20 * share), "a scratch": round(10 * share)}
        assert table.labels.tolist() == [int(kind == "a scratch") for kind in table.kinds]
        assert all(isinstance(path, Path) for path in table.pictures)
        assert table.picture(0).shape == (8, 9, 3)
        assert table.features is None
    assert (split.origin.name, split.origin.stand_in) == (tmp_path.name, False)


def test_more_classes_are_a_class_head_with_good_first(tmp_path: Path) -> None:
    split = folder.load(put_parts(tmp_path, {"Crack": 5, "good": 5, "Void": 3}, channels=1))
    assert (split.train.main.name, split.train.label_names) == ("kind", ("good", "Crack", "Void"))
    assert all(set(table.kinds) == {"Crack", "good", "Void"} for table in tables(split).values())
    assert folder.load(put_parts(tmp_path / "two", {"left": 4, "right": 4})).test.label_names == ("left", "right")


def test_identical_pictures_are_never_in_two_tables_and_names_do_not_matter(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 20, "bad": 10})
    before = {
        path.read_bytes(): part for name, part in place(folder.load(tmp_path)).items() if (path := tmp_path / name)
    }
    for i, path in enumerate(sorted(tmp_path.rglob("*.png"))):
        (path.parent / f"copy of {path.name}").write_bytes(path.read_bytes())
        path.rename(path.parent / f"renamed {i}.png")
    after = place(folder.load(tmp_path))
    assert len(after) == 60
    assert all(before[(tmp_path / name).read_bytes()] == part for name, part in after.items())


def test_a_part_keeps_the_shares(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 20, "bad": 10})
    split = folder.load(tmp_path, train=9, validation=3, test=3, seed=4)
    assert [table.counts() for table in tables(split).values()] == [
        {"good": 6, "bad": 3},
        {"good": 2, "bad": 1},
        {"good": 2, "bad": 1},
    ]
    assert set(split.train.ids) <= set(folder.load(tmp_path).train.ids)


def test_bad_pictures_are_named_and_can_be_left_out(tmp_path: Path) -> None:
    put_parts(tmp_path, {"good": 20, "bad": 10, "empty": 0})
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad" / "half.png").write_bytes(picture(7)[:60])
    (tmp_path / "good" / "gray.png").write_bytes(picture(8, channels=1))
    (tmp_path / "good" / "twin.png").write_bytes((tmp_path / "bad" / "000.png").read_bytes())
    (tmp_path / "good" / "notes.txt").write_text("taken on Monday")
    with pytest.raises(DataError, match="5 of 34 entries cannot be used") as caught:
        folder.load(tmp_path)
    for text in (
        "empty/: expected pictures of this class",
        "bad/half.png: expected a PNG",
        "good/gray.png: expected colour, as 31 of 32 pictures are. Received: gray",
        "good/twin.png: the same picture as bad/000.png, which is labelled bad",
        "bad/000.png: the same picture as good/twin.png, which is labelled good",
    ):
        assert text in caught.value.message
    assert "`skip_bad=True`" in caught.value.hint
    split = folder.load(tmp_path, skip_bad=True)
    assert (len(split.left_out), len(place(split))) == (6, 29)
    assert any("notes.txt" in sentence for sentence in split.left_out)


def test_paths_that_are_no_set_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "parts.xlsx"):
        with pytest.raises(DataError, match=r"a folder of class folders, or a \.csv file"):
            folder.load(path)
    (tmp_path / "parts.csv").write_text("path,label\n")
    with pytest.raises(DataError, match="expected labelled pictures"):
        folder.load(tmp_path / "parts.csv")
    (tmp_path / "parts.csv").write_text("path,label\nnone.png,good\n")
    with pytest.raises(DataError, match=r"1 of 1 entries.*\n.*parts\.csv, line 2, none\.png: no such file"):
        folder.load(tmp_path / "parts.csv", skip_bad=True)


def test_a_csv_file_brings_numbers_and_its_own_split(tmp_path: Path) -> None:
    parts = ("train", "validation", "test")
    rows = [f"{i},{('good', 'bad')[i % 2]},{parts[i // 4]},{i}.5" for i in range(12)]
    split = folder.load(put_csv(tmp_path, "path,label,split,height", rows))
    for number, table in enumerate(tables(split).values()):
        assert table.ids == tuple(f"{i}.png" for i in range(4 * number, 4 * number + 4))
        assert table.feature_names == ("height",)
        assert table.features is not None
        assert table.features.dtype == np.float32
        assert table.features[:, 0].tolist() == [i + 0.5 for i in range(4 * number, 4 * number + 4)]
    assert split.origin.name == "parts"


def test_other_labels_are_other_data(tmp_path: Path) -> None:
    rows = [f"{i},{('good', 'bad')[i % 2]}" for i in range(12)]
    first = folder.load(put_csv(tmp_path, "path,label", rows)).origin
    assert folder.load(put_csv(tmp_path, "path,label", rows)).origin == first
    assert folder.load(put_csv(tmp_path, "path,label", [row.replace("bad", "void") for row in rows])).origin != first


def test_groups_are_never_separated(tmp_path: Path) -> None:
    rows = [f"{i},{('good', 'bad')[i % 2]},lot {i // 4}" for i in range(60)]
    split = folder.load(put_csv(tmp_path, "path,label,group", rows))
    part = place(split)
    lots = [{part[f"{i}.png"] for i in range(4 * lot, 4 * lot + 4)} for lot in range(15)]
    assert all(len(parts) == 1 for parts in lots)
    assert Counter(next(iter(parts)) for parts in lots) == {"train": 9, "validation": 3, "test": 3}
    few = [f"{i},{('good', 'bad')[i % 2]},lot {i // 30}" for i in range(60)]
    with pytest.raises(
        DataError, match=r"in every table\. Received: train without bad, good, by a deal of whole groups"
    ):
        folder.load(put_csv(tmp_path, "path,label,group", few))


def test_a_split_that_leaks_is_named(tmp_path: Path) -> None:
    parts = ("train", "validation", "test")
    rows = [f"{i},{('good', 'bad')[i % 2]},{parts[i // 4]},{i // 2}" for i in range(12)]
    rows.append("12,good,train,5")  # the group of pictures 10 and 11, in the test
    path = put_csv(tmp_path, "path,label,split,group", rows)
    (tmp_path / "1.png").write_bytes(picture(5))  # in training the picture that validates
    with pytest.raises(DataError, match="1 of 13 entries") as caught:
        folder.load(path)
    assert "12.png: the group 5 of 1" in caught.value.message
    split = folder.load(path, skip_bad=True)
    assert place(split).keys() == {f"{i}.png" for i in range(12) if i != 1}
    assert "1.png: the picture of 5.png, which is in validation, not train" in split.left_out[1]


def test_units_that_a_line_held_out_are_known_to_whoever_learns(tmp_path: Path) -> None:
    units = [f"{number // 2:016x}" for number in range(12)]
    splits = ["train"] * 4 + ["validation"] * 4 + ["test"] * 4
    rows = [f"{number},{'good' if number % 2 else 'bad'},{splits[number]},{units[number]}" for number in range(12)]
    path = put_csv(tmp_path, "path,label,split,group", rows)
    assert folder.load(path).units is None
    held_out = {"key": "line", "share": 0.2, "sha256": held_out_hash(units[8:])}
    (tmp_path / ABOUT).write_text(json.dumps({"held_out": held_out}))
    split = folder.load(path)
    assert split.units == LearntUnits.of("line", learnt=units[:8], held_out=units[8:])
    moved = put_csv(
        tmp_path, "path,label,split,group", [*rows[:8], *(r.replace("test", "train") for r in rows[8:10]), *rows[10:]]
    )
    split = folder.load(moved)
    assert split.units == LearntUnits.of("line", learnt=units[:10], held_out=units[10:])
    assert "other units are held out than parts.csv was written with" in split.notes[-1]
    nameless = put_csv(tmp_path, "path,label,split,group", [row.replace(units[0], "SN4711") for row in rows])
    split = folder.load(nameless)
    assert split.units is None
    assert "not every picture names its unit" in split.notes[-1]
