"""A data set is looked through as training would."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.checking.findings import LEFT_OUT
from aoi_modules.datasets.checking.survey import check
from aoi_modules.datasets.folder import load
from tests.datasets.checking.parts import folder, part


def test_a_good_folder_is_counted_as_it_would_be_dealt(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    found, files = check(root)
    split = load(root)
    assert found.refused == ""
    for label in ("good", "scratch"):
        assert found.counts[label] == {
            "train": split.train.kinds.count(label),
            "validation": split.validation.kinds.count(label),
            "test": split.test.kinds.count(label),
        }
    assert found.kinds == {"PNG, gray, 8 bits": 24}
    assert found.sizes == {"160 x 120": 24}
    assert (found.twins, found.odd, found.left_out) == ((), (), ())
    assert found.notes == split.notes
    assert files["good/000.png"] == root / "good" / "000.png"


def test_what_training_refuses_is_refused_in_the_same_words(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    (root / "good" / "broken.png").write_bytes((root / "good" / "000.png").read_bytes()[:900])
    shutil.copy(root / "good" / "001.png", root / "scratch" / "copy.png")
    found, _ = check(root)
    assert found.refused == "3 of 26 entries cannot be used"
    assert "skip_bad" in found.way_out
    assert found.counts["good"][LEFT_OUT] == 2
    named = {line.partition(":")[0] for line in found.left_out}
    assert named == {"good/broken.png", "good/001.png", "scratch/copy.png"}
    (twins,) = found.contradictions
    assert {one.name for one in twins.entries} == {"good/001.png", "scratch/copy.png"}
    allowed, _ = check(root, skip_bad=True)
    assert allowed.refused == ""
    assert allowed.counts == found.counts


@pytest.mark.parametrize("make", [lambda root: None, Path.mkdir, lambda root: folder(root, count=1)])
def test_a_set_that_nothing_can_be_learnt_from_has_its_sentence(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "parts")
    found, _ = check(tmp_path / "parts")
    assert "expected" in found.refused


def test_pictures_that_are_unlike_the_others_are_named(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    Image.new("L", (160, 120), 0).save(root / "good" / "black.png")
    Image.fromarray(part(77)).resize((400, 300)).save(root / "good" / "large.png")
    found, _ = check(root)
    assert {one.entry.name: one.what for one in found.odd} == {
        "good/black.png": "shows nothing: all pixels are about 0",
        "good/large.png": "400 x 300 pixels, where others have about 160 x 120",
    }


def test_gray_among_colours_is_named_and_gray_everywhere_is_not(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    for file in root.rglob("*.png"):
        Image.open(file).convert("RGB").save(file)
    assert check(root)[0].odd == ()
    Image.fromarray(np.stack([part(1), part(2), part(3)], axis=-1)).save(root / "good" / "colours.png")
    assert len(check(root)[0].odd) == 24


def test_twins_across_tables_of_a_csv_file_are_leaks(tmp_path: Path) -> None:
    root = folder(tmp_path / "parts")
    darker = (np.asarray(Image.open(root / "good" / "000.png")) * 0.9).astype(np.uint8)
    tables = ("train", "train", "validation", "test")
    with (root / "parts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "split"])
        for picture in sorted(root.rglob("*.png")):
            writer.writerow([picture.relative_to(root), picture.parent.name, tables[int(picture.stem) % 4]])
        writer.writerow(["good/darker.png", "good", "test"])
    Image.fromarray(darker).save(root / "good" / "darker.png")
    found, _ = check(root / "parts.csv")
    assert found.refused == ""
    (leak,) = found.leaks
    assert leak.how == "nearly"
    assert {(one.name, one.table) for one in leak.entries} == {("good/000.png", "train"), ("good/darker.png", "test")}
