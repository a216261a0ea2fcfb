"""What is known about the sets."""

from collections import Counter
from pathlib import Path

import pytest

from aoi_modules.datasets.sources.catalogue import (
    CATALOGUE,
    SMALL_HOUSE_BYTES,
    SMALL_TILE_BYTES,
    RemoteArchive,
    by_name,
    small_board_sums,
    small_house_sums,
    small_tile_sums,
)

TILE_COUNTS = {"Free": 952, "Blowhole": 115, "Uneven": 103, "Break": 85, "Crack": 57, "Fray": 32}
"""Pictures of each class upstream; each has a mask beside it."""


def test_the_tile_ledger_holds_upstreams_counts() -> None:
    names = [Path(name) for name in small_tile_sums()]
    for ending in (".jpg", ".png"):
        assert Counter(name.parts[0][3:] for name in names if name.suffix == ending) == TILE_COUNTS
    assert {name.with_suffix("") for name in names if name.suffix == ".jpg"} == {
        name.with_suffix("") for name in names if name.suffix == ".png"
    }


def test_the_house_ledger_holds_four_pictures_of_each_house() -> None:
    rooms = ("bathroom", "bedroom", "frontal", "kitchen")
    pictures = {f"Houses Dataset/{house}_{room}.jpg" for house in range(1, 536) for room in rooms}
    assert set(small_house_sums()) == pictures | {"Houses Dataset/HousesInfo.txt"}


def test_the_board_ledger_holds_both_pictures_and_the_boxes_of_each_pair() -> None:
    names = set(small_board_sums()) - {"PCBData/trainval.txt", "PCBData/test.txt"}
    pairs = {name[: -len("_test.png")] for name in names if name.endswith("_test.png")}
    assert len(pairs) == 1500
    golden = {f"{pair}_temp.png" for pair in pairs}
    tested = {f"{pair}_test.png" for pair in pairs}
    boxes = {f"{folder}_not/{number}.txt" for folder, _, number in (pair.rpartition("/") for pair in pairs)}
    assert names == tested | golden | boxes


@pytest.mark.parametrize("name", CATALOGUE)
def test_members_are_relative_and_stay_inside(name: str) -> None:
    members = by_name(name).members()
    assert members
    assert not any(Path(member).is_absolute() or ".." in Path(member).parts for member in members)


@pytest.mark.parametrize("name", CATALOGUE)
def test_archives_come_by_https_and_name_their_commit(name: str) -> None:
    remote = by_name(name).remote
    if isinstance(remote, RemoteArchive):
        assert all(url.startswith("https://") for url in remote.urls)
        assert remote.urls[0].endswith(remote.commit)
        assert len(remote.commit) >= 7


@pytest.mark.parametrize(("size", "small"), [(SMALL_TILE_BYTES // 3, True), (SMALL_TILE_BYTES * 3, False)])
def test_one_damaged_file_does_not_change_the_edition(tmp_path: Path, size: int, small: bool) -> None:
    folder = tmp_path / "MT_Free" / "Imgs"
    folder.mkdir(parents=True)
    for number in range(9):
        (folder / f"exp1_num_{number}.jpg").write_bytes(b"x" * size)
    for damage in (0, 1, 100 * size):
        (folder / "exp1_num_0.jpg").write_bytes(b"x" * damage)
        assert (by_name("magnetic-tile").known_sums(tmp_path) is not None) == small


@pytest.mark.parametrize(("size", "small"), [(SMALL_HOUSE_BYTES // 5, True), (SMALL_HOUSE_BYTES * 5, False)])
def test_editions_of_the_houses_differ_in_size(tmp_path: Path, size: int, small: bool) -> None:
    (tmp_path / "Houses Dataset").mkdir()
    for room in ("bathroom", "bedroom", "frontal"):
        (tmp_path / "Houses Dataset" / f"1_{room}.jpg").write_bytes(b"x" * size)
    assert (by_name("houses").known_sums(tmp_path) is not None) == small


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_editions_of_the_boards_differ_in_the_format(tmp_path: Path, ending: str) -> None:
    boards = by_name("deeppcb")
    picture = tmp_path / "PCBData" / "group00041" / "00041" / f"00041000_test.{ending}"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"x")
    assert (boards.known_sums(tmp_path) is not None) == (ending == "png")
    assert picture.relative_to(tmp_path).as_posix() in boards.files(tmp_path)
    assert all(not name.endswith(".png") for name in boards.members())
