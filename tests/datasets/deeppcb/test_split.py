"""DeepPCB: crops from files, pairs that never part, boards that training never saw."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets import deeppcb
from aoi_modules.datasets.deeppcb.crops import DEFECTS
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Split, Table
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin
from tests.datasets.mirror import real

LEARNING = [f"00041{i:03d}" for i in range(10)]
TESTING = ["00041900", "00041901", "12000000"]


def put_pair(root: Path, number: str, ending: str, boxes: str) -> str:
    """Noise of 8-pixel squares as the template, its left half inverted as the tested picture; the line of the list."""
    group = number[:5]
    folder = root / "PCBData" / f"group{group}"
    for sub in (group, f"{group}_not"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    squares = np.random.default_rng(int(number)).integers(0, 2, (80, 80)).astype(np.bool_)
    template = squares.repeat(8, axis=0).repeat(8, axis=1)
    tested = template.copy()
    tested[:, :320] ^= True
    for part, picture in (("test", tested), ("temp", template)):
        image = Image.fromarray(picture)
        name = folder / group / f"{number}_{part}.{ending}"
        # As upstream: a name that ends in .jpg; here lossless, so that pixels can be compared.
        (image if ending == "png" else image.convert("L")).save(name, "PNG")
    (folder / f"{group}_not" / f"{number}.txt").write_text(boxes)
    return f"group{group}/{group}/{number}.jpg group{group}/{group}_not/{number}.txt"


def put(root: Path, ending: str) -> Found:
    """13 pairs with a box of each type; open and short of a pair lie side by side; no newline at the lists' ends."""
    boxes = (
        "100 100 130 130 1\n140 100 170 130 2\n500 300 530 330 3\n400 60 430 90 4\n10 500 40 530 5\n600 600 639 639 6\n"
    )
    for name, numbers in (("trainval.txt", LEARNING), ("test.txt", TESTING)):
        lines = [put_pair(root, number, ending, boxes) for number in numbers]
        (root / "PCBData" / name).write_text("\n".join(lines))
    return Found("deeppcb", root, "mirror", DataOrigin(name="deeppcb", sha256="x", stand_in=False))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return put(tmp_path_factory.mktemp("png"), "png")


@pytest.fixture(scope="module")
def split(found: Found) -> Split:
    return deeppcb.load(found=found)


def tables(split: Split) -> tuple[Table, ...]:
    assert split.unseen is not None
    return split.train, split.validation, split.test, split.unseen


def pair_of(name: str) -> str:
    return "/".join(name.split("/")[:2])


def test_crops_have_six_questions_each(split: Split) -> None:
    for table in tables(split):
        assert isinstance(table.pictures, np.ndarray)
        assert table.pictures.shape[1:] == (64, 64, 1)
        assert table.pictures.dtype == np.uint8
        assert [target.name for target in table.targets] == list(DEFECTS)
        for target in table.targets:
            assert target.labels == ("good", target.name)
            assert target.values.dtype == np.int64
            assert target.weights is not None
            assert target.weights.dtype == np.float32
            assert [name == target.name for name in table.kinds] == target.values.astype(bool).tolist()


def test_a_neighbours_head_is_not_asked(split: Split) -> None:
    names = {name: row for row, name in enumerate(split.train.ids)}
    crop = f"{pair_of(split.train.ids[0])}/test/0"
    weights = {target.name: target.take(np.array([names[crop]])).weights for target in split.train.targets}
    assert {name: weight.tolist() for name, weight in weights.items() if weight is not None} == {
        name: [0.0 if name == "short" else 1.0] for name in DEFECTS
    }


def test_twins_show_the_same_place(split: Split) -> None:
    table = split.train
    row = {name: i for i, name in enumerate(table.ids)}
    for name in table.ids:
        pair, part, number = name.rsplit("/", 2)
        if part == "test":
            own, twin = table.picture(row[name]), table.picture(row[f"{pair}/template/{number}"])
            inverted = int(number) in (0, 1, 4)  # the boxes in the left half
            assert np.array_equal(own, 255 - twin if inverted else twin)


def test_pairs_never_part_and_strange_boards_are_apart(split: Split) -> None:
    found = [{pair_of(name) for name in table.ids} for table in tables(split)]
    assert sum(map(len, found)) == len(set().union(*found)) == len(LEARNING) + len(TESTING)
    assert len(found[0]) == 8
    assert found[2] == {"group00041/00041900", "group00041/00041901"}
    assert found[3] == {"group12000/12000000"}
    assert set(deeppcb.boards(tables(split)[3])) == {"group12000"}


def test_pairs_with_the_same_template_stay_together(tmp_path: Path) -> None:
    found = put(tmp_path, "png")
    folder = tmp_path / "PCBData" / "group00041" / "00041"
    template = (folder / f"{LEARNING[0]}_temp.png").read_bytes()
    for number in LEARNING[1:5]:
        (folder / f"{number}_temp.png").write_bytes(template)
    validation = {pair_of(name).rpartition("/")[2] for name in deeppcb.load(found=found).validation.ids}
    assert len(validation & set(LEARNING[:5])) in (0, 5)


def test_upstreams_edition_gives_the_same_crops(split: Split, tmp_path: Path) -> None:
    for table, other in zip(tables(split), tables(deeppcb.load(found=put(tmp_path, "jpg"))), strict=True):
        assert table.ids == other.ids
        assert np.array_equal(np.asarray(table.pictures), np.asarray(other.pictures))


def test_a_part_has_every_kind_and_the_same_crops(split: Split, found: Found) -> None:
    small = deeppcb.load(train=32, validation=8, test=8, seed=2, found=found)
    assert [len(table) for table in tables(small)] == [32, 8, 8, 8]
    assert set(small.train.kinds) == {*DEFECTS, "template", "clean"}
    whole = {name: bytes(split.train.pictures[i]) for i, name in enumerate(split.train.ids)}
    assert all(whole[name] == bytes(small.train.pictures[i]) for i, name in enumerate(small.train.ids))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1 2 3 4", "line 2: expected x1 y1 x2 y2 and a type from 1 to 6. Received: '1 2 3 4'"),
        ("10,20,30,40,1", "line 2: expected"),
        ("10 20 30 40 7", "line 2: expected"),
        ("30 20 10 40 1", "line 2: expected"),
        ("10 20 30 641 1", "line 2: expected"),
        ("10 20 30 nan 1", "line 2: expected"),
    ],
)
def test_bad_boxes_are_named_and_can_be_left_out(tmp_path: Path, line: str, why: str) -> None:
    found = put(tmp_path, "png")
    (tmp_path / "PCBData/group00041/00041_not/00041003.txt").write_text(f"1 1 20 20 1\n{line}\n")
    with pytest.raises(DataError, match="1 of 13 pairs cannot be used") as caught:
        deeppcb.load(train=8, test=8, found=found)
    assert f"group00041/00041_not/00041003.txt: {why}" in caught.value.message
    with pytest.raises(DataError, match="1 of 13 pairs"):
        deeppcb.pairs(found)
    split = deeppcb.load(found=found, skip_bad=True)
    assert len(split.left_out) == 1
    assert not any("00041003" in name for table in tables(split) for name in table.ids)


def test_bad_pictures_are_named_and_can_be_left_out(tmp_path: Path) -> None:
    found = put(tmp_path, "png")
    folder = tmp_path / "PCBData" / "group00041" / "00041"
    (folder / "00041001_test.png").unlink()
    (folder / "00041002_temp.png").write_bytes(b"no picture")
    Image.new("1", (640, 320)).save(folder / "00041004_test.png")
    with pytest.raises(DataError, match="3 of 13 pairs") as caught:
        deeppcb.load(found=found)
    for text in ("no picture", "00041002_temp.png: expected a PNG, JPEG or BMP picture", "expected 640 x 640 pixels"):
        assert text in caught.value.message
    split = deeppcb.load(found=found, skip_bad=True)
    assert len(split.left_out) == 3
    assert {pair_of(name)[-8:] for name in split.train.ids + split.validation.ids} == set(LEARNING) - {
        "00041001",
        "00041002",
        "00041004",
    }


def test_lists_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    found = put(tmp_path, "png")
    path = tmp_path / "PCBData" / "trainval.txt"
    path.write_text("group00041/00041/00041000.jpg")
    with pytest.raises(DataError, match=r"trainval\.txt, line 1: expected a picture and its boxes"):
        deeppcb.load(found=found)
    path.unlink()
    with pytest.raises(DataError, match="expected a list of pairs"):
        deeppcb.load(found=found)


def test_the_stand_in_has_all_four_tables() -> None:
    origin = DataOrigin(name="deeppcb", sha256="", stand_in=True)
    split = deeppcb.load(found=Found("deeppcb", None, "stand-in", origin))
    assert split.origin.stand_in
    for table in tables(split):
        assert set(table.kinds) == {*DEFECTS, "template", "clean"}
    assert set(deeppcb.boards(tables(split)[3])) == {"drawn5"}


def test_upstreams_lists_and_boards() -> None:
    learning, testing = deeppcb.pairs(real("deeppcb"))
    assert (len(learning), len(testing)) == (1000, 500)
    known = {pair.board for pair in learning}
    strange = [pair for pair in testing if pair.board not in known]
    assert {pair.board for pair in strange} == {"group12100", "group12300", "group90100", "group12000"}
    assert len(strange) == 332
    counts = np.bincount(np.concatenate([pair.boxes[:, 4] for pair in learning + testing]))
    assert counts[1:].tolist() == [1942, 1506, 1965, 1625, 1474, 1501]
    tested, template = learning[0].read()
    assert 0.001 < np.mean(tested != template) < 0.05
