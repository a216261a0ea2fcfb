"""What is known about the sets."""

from collections import Counter
from pathlib import Path

import pytest

from aoi_modules.datasets.catalogue import CATALOGUE, SMALL_TILE_BYTES, TILE_COUNTS, by_name, small_tile_sums


def test_the_tile_ledger_holds_upstreams_counts() -> None:
    names = [Path(name) for name in small_tile_sums()]
    for ending in (".jpg", ".png"):
        assert Counter(name.parts[0][3:] for name in names if name.suffix == ending) == TILE_COUNTS
    assert {name.with_suffix("") for name in names if name.suffix == ".jpg"} == {
        name.with_suffix("") for name in names if name.suffix == ".png"
    }


@pytest.mark.parametrize("name", CATALOGUE)
def test_members_are_relative_and_stay_inside(name: str) -> None:
    members = by_name(name).members()
    assert members
    assert not any(Path(member).is_absolute() or ".." in Path(member).parts for member in members)


@pytest.mark.parametrize(("size", "small"), [(SMALL_TILE_BYTES // 3, True), (SMALL_TILE_BYTES * 3, False)])
def test_one_damaged_file_does_not_change_the_edition(tmp_path: Path, size: int, small: bool) -> None:
    folder = tmp_path / "MT_Free" / "Imgs"
    folder.mkdir(parents=True)
    for number in range(9):
        (folder / f"exp1_num_{number}.jpg").write_bytes(b"x" * size)
    for damage in (0, 1, 100 * size):
        (folder / "exp1_num_0.jpg").write_bytes(b"x" * damage)
        assert (by_name("magnetic-tile").known_sums(tmp_path) is not None) == small
