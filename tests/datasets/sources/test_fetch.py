"""Archives into the cache."""

import threading
from pathlib import Path

import pytest

from aoi_modules.datasets.sources import finding
from aoi_modules.datasets.sources.fetch import DOWNLOADS, cached, fetch
from aoi_modules.datasets.sources.verification import LEDGER
from aoi_modules.errors import ChecksumError, DataError
from aoi_modules.settings import Settings
from tests.datasets.file_server import FileServer
from tests.datasets.small_tiles import small_tiles, tile_set, zipped_tiles


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_an_archive_is_unpacked_looked_at_and_put_in_place(files: FileServer, given: Settings) -> None:
    files.files["/tiles.zip"] = zipped_tiles()
    root = fetch(tile_set(f"{files.url}/tiles.zip"), given.cache_dir)
    found = contents(root)
    assert found.pop(LEDGER)
    assert found == small_tiles()
    assert [path.name for path in (given.cache_dir / DOWNLOADS).iterdir()] == ["magnetic-tile.lock"]


def test_of_a_wrong_archive_nothing_is_left(files: FileServer, given: Settings) -> None:
    files.files["/tiles.zip"] = b"PK, but no zip"
    wanted = tile_set(f"{files.url}/tiles.zip")
    with pytest.raises(DataError, match="not a whole zip"):
        fetch(wanted, given.cache_dir)
    assert cached(wanted, given.cache_dir) is None
    assert [path.name for path in (given.cache_dir / DOWNLOADS).iterdir()] == ["magnetic-tile.lock"]


def test_a_damaged_cache_is_replaced_as_a_whole(files: FileServer, given: Settings) -> None:
    files.files["/tiles.zip"] = zipped_tiles()
    wanted = tile_set(f"{files.url}/tiles.zip")
    root = fetch(wanted, given.cache_dir)
    (root / "MT_Free/Imgs/exp1_num_100.jpg").write_bytes(b"")
    with pytest.raises(ChecksumError, match=r"exp1_num_100\.jpg"):
        finding.find(wanted, given=given)
    found = finding.repair(wanted, given=given, log=lambda line: None)
    assert (found.place, found.root) == ("download", root)
    assert finding.find(wanted, given=given).place == "cache"


def test_two_at_once_download_once(files: FileServer, given: Settings) -> None:
    files.files["/tiles.zip"] = zipped_tiles()
    wanted = tile_set(f"{files.url}/tiles.zip")
    both = [threading.Thread(target=fetch, args=(wanted, given.cache_dir)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert len(files.asked) == 1
    assert cached(wanted, given.cache_dir) is not None
