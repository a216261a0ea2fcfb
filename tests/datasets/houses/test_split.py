"""Houses: one row a house, twins together, bad lines and pictures named."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.datasets import houses
from aoi_modules.datasets.houses.montage import ROOMS, montage
from aoi_modules.datasets.houses.split import FOLDER, LIST, folds, price_strata
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import encode_png
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin
from tests.datasets.mirror import real

COUNT = 60


def origin(stand_in: bool) -> DataOrigin:
    return DataOrigin(name="houses", sha256="x", stand_in=stand_in)


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """60 houses in upstream's layout, the pictures 6 pixels wide; 7 shows the kitchen of 3, 9 has the line of 5."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    random = np.random.default_rng(0)
    lines = [f"{1 + i % 4} {1.5 + i % 3} {800 + 10 * i} {92000 + i} {100_000 + 5_000 * i}" for i in range(COUNT)]
    lines[8] = lines[4]
    (folder / LIST).write_text("\n".join(lines) + "\n")
    for number in range(1, COUNT + 1):
        for room in ROOMS:
            picture = encode_png(random.integers(0, 256, (5, 6, 3)).astype(np.uint8))
            (folder / f"{number}_{room}.jpg").write_bytes(picture)
    (folder / "7_kitchen.jpg").write_bytes((folder / "3_kitchen.jpg").read_bytes())
    return Found("houses", tmp_path, "mirror", origin(False))


def root(found: Found) -> Path:
    assert found.root is not None
    return found.root / FOLDER


def spoil(found: Found, number: int, line: str) -> None:
    path = root(found) / LIST
    lines = path.read_text().splitlines()
    lines[number - 1] = line
    path.write_text("\n".join(lines))


def test_one_row_a_house(found: Found) -> None:
    table, left_out = houses.table(found)
    assert left_out == ()
    assert table.ids[:2] == ("house/1", "house/2")
    assert isinstance(table.pictures, np.ndarray)
    assert table.pictures.shape == (COUNT, 128, 128, 3)
    assert table.pictures.dtype == np.uint8
    assert table.features is not None
    assert table.features.dtype == np.float32
    assert table.feature_names == ("bedrooms", "bathrooms", "area", "zipcode")
    assert table.features[1].tolist() == [2, 2.5, 810, 92001]
    assert (table.main.name, table.main.labels) == ("price", ())
    assert table.main.values.dtype == np.float32
    assert table.main.values[1] == 105_000
    pictures = [(root(found) / f"2_{room}.jpg").read_bytes() for room in ROOMS]
    assert np.array_equal(table.picture(1), montage(pictures))
    assert houses.table(found, cell=6)[0].picture(0).shape == (12, 12, 3)


def test_the_split_keeps_every_house_once_and_twins_together(found: Found) -> None:
    split = houses.load(found=found, cell=6)
    tables = (split.train, split.validation, split.test)
    assert sorted(name for table in tables for name in table.ids) == sorted(f"house/{i + 1}" for i in range(COUNT))
    assert 30 <= len(split.train) <= 42
    place = {name: number for number, table in enumerate(tables) for name in table.ids}
    assert place["house/3"] == place["house/7"]
    assert place["house/5"] == place["house/9"]
    medians = [float(np.median(table.main.values)) for table in tables]
    assert max(medians) < 1.3 * min(medians)
    assert split.origin == found.origin


def test_a_part_has_cheap_and_dear_houses(found: Found) -> None:
    split = houses.load(found=found, train=12, validation=5, test=5, seed=3, cell=6)
    assert (len(split.train), len(split.validation), len(split.test)) == (12, 5, 5)
    assert float(np.ptp(split.train.main.values)) > 200_000
    assert set(split.train.ids) <= set(houses.load(found=found, cell=6).train.ids)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_folds_share_the_houses_and_do_not_depend_on_their_order(found: Found, k: int) -> None:
    table, _ = houses.table(found, cell=6)
    fold = folds(table, k)
    assert set(fold.tolist()) == set(range(k))
    assert int(np.ptp(np.bincount(fold))) <= 10
    assert (fold[2], fold[4]) == (fold[6], fold[8])
    assert np.bincount(price_strata(table, 6)).tolist() == [10] * 6


def test_entries_of_the_same_house_have_the_same_number(found: Found) -> None:
    table, _ = houses.table(found, cell=6)
    assert houses.groups(table).tolist() == [{6: 2, 8: 4}.get(row, row) for row in range(COUNT)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("4 4 4053 85255", "expected 5 numbers: bedrooms bathrooms area zipcode price. Received: '4 4 4053 85255'"),
        ("4,4,4053,85255,869500", "expected 5 numbers"),
        ("", "expected 5 numbers"),
        ("4 nan 4053 85255 869500", "bathrooms: expected a number above 0. Received: nan"),
        ("4 4 large 85255 869500", "area: expected a number. Received: 'large'"),
        ("4 4 0 85255 869500", "area: expected a number above 0. Received: 0"),
        ("4 4 4053 85255 -1", "price: expected a number above 0. Received: -1"),
        ("4 4 4053 85255 inf", "price: expected a number above 0. Received: inf"),
    ],
)
def test_a_bad_line_is_named_and_can_be_left_out(found: Found, line: str, why: str) -> None:
    spoil(found, 12, line)
    with pytest.raises(DataError, match="1 of 60 houses cannot be used") as caught:
        houses.table(found, cell=6)
    assert f"{LIST}, line 12: {why}" in caught.value.message
    assert "`skip_bad=True`" in caught.value.hint
    split = houses.load(found=found, skip_bad=True, cell=6)
    assert [sentence.startswith(f"{LIST}, line 12: {why}") for sentence in split.left_out] == [True]
    assert not any("house/12" in table.ids for table in (split.train, split.validation, split.test))


def test_bad_pictures_are_named(found: Found) -> None:
    (root(found) / "2_frontal.jpg").unlink()
    (root(found) / "4_bedroom.jpg").write_bytes(b"no picture")
    (root(found) / "99_kitchen.jpg").write_bytes(b"of a house without a line")
    with pytest.raises(DataError, match="3 of 61 houses") as caught:
        houses.table(found, cell=6)
    for text in ("2_frontal.jpg: no such file", "bedroom: expected a PNG", f"99_*.jpg: {LIST} has no line 99"):
        assert text in caught.value.message
    table, left_out = houses.table(found, skip_bad=True, cell=6)
    assert (len(table), len(left_out)) == (COUNT - 2, 3)


def test_a_list_without_houses_is_refused(found: Found) -> None:
    (root(found) / LIST).write_text("\n")
    with pytest.raises(DataError, match="empty file"):
        houses.table(found)
    (root(found) / LIST).write_text("a b\n" * COUNT)
    with pytest.raises(DataError, match="60 of 60 houses"):
        houses.table(found, skip_bad=True)
    (root(found) / LIST).unlink()
    with pytest.raises(DataError, match="expected a list of houses"):
        houses.table(found)


def test_the_stand_in_is_split_like_the_houses() -> None:
    split = houses.load(found=Found("houses", None, "stand-in", origin(True)))
    assert split.origin.stand_in
    assert [len(table) for table in (split.train, split.validation, split.test)] == [180, 60, 60]
    assert all(name.startswith("drawn/") for name in split.test.ids)


def test_of_the_real_houses_none_is_lost_and_no_photograph_is_in_two_tables() -> None:
    split = houses.load(found=real("houses"))
    tables = (split.train, split.validation, split.test)
    assert sum(map(len, tables)) == 535
    rooms: list[set[bytes]] = []
    for table in tables:
        pictures = np.asarray(table.pictures)
        halves = [pictures[:, y : y + 64, x : x + 64] for y in (0, 64) for x in (0, 64)]
        rooms.append({room.tobytes() for half in halves for room in half})
    assert not rooms[0] & rooms[1]
    assert not rooms[0] & rooms[2]
    assert not rooms[1] & rooms[2]
