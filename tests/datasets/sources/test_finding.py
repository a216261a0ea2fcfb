"""Where a set is found, in which order, and what happens to damage."""

from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.datasets.sources import finding
from aoi_modules.datasets.sources.catalogue import CATALOGUE, DataSet
from aoi_modules.errors import ChecksumError, DataError
from aoi_modules.settings import Settings
from tests.datasets.file_server import SMALL_FILES, FileServer, put


def mirror(given: Settings) -> Path:
    return (given.data_dir or Path()) / "fashion-mnist"


def test_mirror_comes_first_then_cache_then_system(small_set: DataSet, given: Settings, tmp_path: Path) -> None:
    system = put(tmp_path / "system")
    wanted = replace(small_set, system_dir=system)
    assert finding.find(wanted, given=given).place == "system"
    cached = put(given.cache_dir / "fashion-mnist")
    assert (finding.find(wanted, given=given).place, finding.find(wanted, given=given).root) == ("cache", cached)
    put(mirror(given))
    found = finding.find(wanted, given=given)
    assert (found.place, found.root, found.origin.stand_in) == ("mirror", mirror(given), False)


def test_downloads_what_is_nowhere_and_keeps_it(small_set: DataSet, given: Settings, files: FileServer) -> None:
    found = finding.find(small_set, given=given)
    assert found.place == "download"
    assert found.root == given.cache_dir / "fashion-mnist"
    assert {path.name: path.read_bytes() for path in found.root.iterdir()} == SMALL_FILES
    again = finding.find(small_set, given=given)
    assert (again.place, again.origin) == ("cache", found.origin)
    assert len(files.asked) == 2


def test_an_interrupted_download_goes_on(small_set: DataSet, given: Settings, files: FileServer) -> None:
    root = given.cache_dir / "fashion-mnist"
    root.mkdir(parents=True)
    (root / "train.gz").write_bytes(SMALL_FILES["train.gz"])
    (root / "test.gz.part").write_bytes(SMALL_FILES["test.gz"][:100])
    assert finding.find(small_set, given=given).place == "download"
    assert files.asked == [("/test.gz", "bytes=100-")]


def test_without_network_a_stand_in_is_announced(small_set: DataSet, given: Settings, files: FileServer) -> None:
    files.files.clear()
    lines: list[str] = []
    found = finding.find(small_set, given=given, log=lines.append)
    assert (found.root, found.place, found.origin.stand_in) == (None, "stand-in", True)
    assert "train.gz could not be downloaded" in lines[0]
    assert lines[1] == "fashion-mnist: using drawn stand-in data"


def test_wrong_downloads_are_never_used(small_set: DataSet, given: Settings, files: FileServer) -> None:
    files.files["/test.gz"] = b"something else"
    lines: list[str] = []
    assert finding.find(small_set, given=given, log=lines.append).place == "stand-in"
    assert "damaged" in lines[0]
    assert not (given.cache_dir / "fashion-mnist" / "test.gz").exists()


def test_offline_asks_nobody(small_set: DataSet, given: Settings, files: FileServer) -> None:
    lines: list[str] = []
    assert finding.find(small_set, given=replace(given, offline=True), log=lines.append).place == "stand-in"
    assert files.asked == []
    assert "AOI_OFFLINE" in lines[0]


@pytest.mark.parametrize("damage", [b"short", None])
def test_damage_in_a_mirror_is_an_error_until_repaired(
    small_set: DataSet, given: Settings, files: FileServer, damage: bytes | None
) -> None:
    bad = put(mirror(given)) / "test.gz"
    if damage is None:
        bad.unlink()
    else:
        bad.write_bytes(damage)
    with pytest.raises(ChecksumError) as caught:
        finding.find(small_set, given=given)
    assert caught.value.path == bad
    assert caught.value.hint == "repair: aoi data fetch fashion-mnist --repair"

    lines: list[str] = []
    assert finding.repair(small_set, given=given, log=lines.append).place == "download"
    assert any("not ours to repair" in line for line in lines)
    assert finding.find(small_set, given=given).place == "cache"
    assert not bad.exists() if damage is None else bad.read_bytes() == damage

    bad.write_bytes(SMALL_FILES["test.gz"])
    assert finding.find(small_set, given=given).place == "cache"
    assert finding.repair(small_set, given=given).place == "mirror"
    assert finding.find(small_set, given=given).place == "mirror"


def test_damage_in_the_cache_is_downloaded_again(small_set: DataSet, given: Settings, files: FileServer) -> None:
    root = put(given.cache_dir / "fashion-mnist")
    (root / "train.gz").write_bytes(SMALL_FILES["train.gz"][:-1])
    with pytest.raises(ChecksumError, match=r"train\.gz"):
        finding.find(small_set, given=given)
    finding.repair(small_set, given=given, log=lambda line: None)
    assert [path for path, _ in files.asked] == ["/train.gz"]
    assert finding.find(small_set, given=given).place == "cache"


def test_repair_without_network_changes_nothing(small_set: DataSet, given: Settings, files: FileServer) -> None:
    root = put(given.cache_dir / "fashion-mnist")
    (root / "train.gz").write_bytes(b"short")
    files.files.clear()
    with pytest.raises(DataError, match="could not be downloaded"):
        finding.repair(small_set, given=given, log=lambda line: None)
    assert (root / "train.gz").read_bytes() == b"short"
    with pytest.raises(DataError, match="AOI_OFFLINE"):
        finding.repair(small_set, given=replace(given, offline=True), log=lambda line: None)


def test_fingerprint_follows_the_content(small_set: DataSet, given: Settings, files: FileServer) -> None:
    drawn = finding.fingerprint(small_set, given=given)
    assert files.asked == []
    root = put(mirror(given))
    real = finding.fingerprint(small_set, given=given)
    assert real == finding.find(small_set, given=given).origin.sha256
    (root / "test.gz").write_bytes(SMALL_FILES["test.gz"][::-1])
    assert len({drawn, real, finding.fingerprint(small_set, given=given)}) == 3


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(DataError, match="fashion-mnist, magnetic-tile"):
        finding.find("mnist")


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_unwritable_cache_ends_in_a_stand_in(name: str, given: Settings) -> None:
    given.cache_dir.write_text("a file where the folder should be")
    lines: list[str] = []
    assert finding.find(replace(CATALOGUE[name], system_dir=None), given=given, log=lines.append).root is None
    assert "AOI_CACHE_DIR" in lines[0] or "cannot be written" in lines[0]
