"""Verification of sets with and without known checksums."""

from dataclasses import replace

import pytest

from aoi_modules.datasets.sources.verification import LEDGER, ledger_path, verify
from aoi_modules.errors import ChecksumError, DataError
from aoi_modules.settings import Settings
from tests.datasets.small_tiles import put_tiles, small_tiles, tile_set


def test_first_use_writes_the_checksums_down_and_later_uses_are_held_to_them(given: Settings) -> None:
    root = put_tiles(given.course_dir / "mirror" / "magnetic-tile")
    sums = verify(tile_set(), root, given.cache_dir)
    assert set(sums) == set(small_tiles())
    assert ledger_path(root, given.cache_dir).is_file()
    assert not (root / LEDGER).exists()

    name = next(iter(sums))
    (root / name).write_bytes(small_tiles()[name][:-1] + b"?")
    with pytest.raises(ChecksumError) as caught:
        verify(tile_set(), root, given.cache_dir)
    assert (caught.value.path, caught.value.expected) == (root / name, sums[name])


def test_in_the_cache_the_checksums_lie_beside_the_files(given: Settings) -> None:
    root = put_tiles(given.cache_dir / "magnetic-tile")
    verify(tile_set(), root, given.cache_dir)
    assert (root / LEDGER).is_file()


def test_first_use_refuses_half_a_picture(given: Settings) -> None:
    root = put_tiles(given.course_dir / "mirror" / "magnetic-tile")
    name = "MT_Crack/Imgs/exp1_num_9000.jpg"
    (root / name).write_bytes(small_tiles()[name][:100])
    with pytest.raises(DataError, match=r"exp1_num_9000\.jpg is damaged") as caught:
        verify(tile_set(), root, given.cache_dir)
    assert "--repair" in caught.value.hint
    (root / name).unlink()
    with pytest.raises(ChecksumError, match="no file"):
        verify(tile_set(), root, given.cache_dir)
    assert not ledger_path(root, given.cache_dir).exists()


def test_lists_beside_the_pictures_must_be_text(given: Settings) -> None:
    root = put_tiles(given.course_dir / "mirror" / "magnetic-tile")
    wanted = replace(tile_set(), members=lambda: (*small_tiles(), "list.txt"))
    (root / "list.txt").write_bytes(b"1 2 3\n")
    assert "list.txt" in verify(wanted, root, given.cache_dir)
    ledger_path(root, given.cache_dir).unlink()
    (root / "list.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="expected a whole text"):
        verify(wanted, root, given.cache_dir)
