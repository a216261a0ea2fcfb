"""Versions come whole or not at all, and nothing comes twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from aoi_modules.errors import ChecksumError, RegistryAway, RegistryError, StoreError
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pulling import INCOMING, check_same, pull
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.object_store.interface import CHUNK, Objects
from tests.disks import small_disk
from tests.gateway.relay import Relay
from tests.modelstore.registry.servables import write_version
from tests.seaweedfs import NEED, SeaweedFS

WEIGHTS = f"{layout.VARIABLES}/variables.data-00000-of-00001"


class Stopped(Exception):
    """A test ends a pull."""


def test_a_version_comes_whole_and_once(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path / "here", "tile", 3), who="me")
    got = pull(objects, pushed, tmp_path / "there")
    assert got == tmp_path / "there" / "tile" / "3"
    version_dir.verify(got)
    assert [path.name for path in got.parent.iterdir()] == ["3"]
    objects.delete([addresses.file_key("tile", pushed.upload, path) for path in pushed.files])
    assert pull(objects, pushed, tmp_path / "there") == got  # nothing is asked for


def test_a_stopped_pull_goes_on_where_it_was(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path / "here", "tile", 3, size=5_000_000), who="me")
    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise Stopped

    with pytest.raises(Stopped):
        pull(objects, pushed, tmp_path / "there", stop)
    (incoming,) = (tmp_path / "there" / "tile").iterdir()
    assert incoming.name.startswith(INCOMING)
    (incoming / "of somebody else").mkdir()
    (incoming / "of somebody else" / "x").write_text("x")
    whole = [path for path in pushed.files if (incoming / path).is_file() and path != WEIGHTS]
    objects.delete([addresses.file_key("tile", pushed.upload, path) for path in whole[:1]])
    got = pull(objects, pushed, tmp_path / "there")
    version_dir.verify(got)
    assert {p.relative_to(got).as_posix() for p in got.rglob("*") if p.is_file()} == {*pushed.files}
    assert not (got / "of somebody else").exists()


def test_a_damaged_object_is_never_visible(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path / "here", "tile", 3), who="me")
    key = addresses.file_key("tile", pushed.upload, WEIGHTS)
    objects.put(key, bytes(pushed.files[WEIGHTS].size - 1) + b"1")
    with pytest.raises(ChecksumError, match=f"{key} is damaged and was not used"):
        pull(objects, pushed, tmp_path / "there")
    objects.delete([key])
    with pytest.raises(RegistryError, match=f"{key} is missing, which version 3 of tile needs"):
        pull(objects, pushed, tmp_path / "there")
    assert version_dir.versions(tmp_path / "there" / "tile") == []


def test_an_object_that_is_larger_than_its_version_says_is_not_read_on(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path / "here", "tile", 3), who="me")
    key = addresses.file_key("tile", pushed.upload, WEIGHTS)
    objects.put(key, bytes(20 * CHUNK))
    came = 0

    class Counting:
        """The registry, whose pieces of that object are counted."""

        def __getattr__(self, name: str) -> object:
            return getattr(objects, name)

        def chunks(self, wanted: str) -> Iterator[bytes]:
            nonlocal came
            for piece in objects.chunks(wanted):
                came += len(piece) if wanted == key else 0
                yield piece

    with pytest.raises(RegistryError, match=f"{key} is larger than the 1000 bytes that version 3 of tile says"):
        pull(cast(Objects, Counting()), pushed, tmp_path / "there")
    assert came <= 2 * CHUNK  # a piece for each of two tries
    assert version_dir.versions(tmp_path / "there" / "tile") == []


def test_another_version_of_that_number_stays(objects: Objects, tmp_path: Path) -> None:
    pushed = push(objects, write_version(tmp_path / "here", "tile", 3), who="me")
    mine = write_version(tmp_path / "there", "tile", 3, mark=b"mine")
    with pytest.raises(StoreError, match="another version 3 of tile than the registry's is there"):
        pull(objects, pushed, tmp_path / "there")
    version_dir.verify(mine)
    (mine / layout.SUMS_FILE).unlink()
    with pytest.raises(StoreError, match="another version 3 of tile"):
        check_same(mine, pushed)


def test_a_full_disk_is_told_and_nothing_is_visible(tmp_path: Path) -> None:
    objects = open_registry(str(tmp_path / "registry"))
    pushed = push(objects, write_version(tmp_path, "tile", 3, size=3_000_000), who="me")
    with small_disk(tmp_path / "disk", "1m") as disk:
        with pytest.raises(StoreError, match=r"cannot be written: No space left on device.*3\.0 MB needed"):
            pull(objects, pushed, disk)
        assert version_dir.versions(disk / "tile") == []


@NEED[0]
@NEED[1]
def test_a_connection_that_is_cut_is_told_and_the_next_try_goes_on(
    seaweedfs: SeaweedFS, bucket_url: str, tmp_path: Path
) -> None:
    objects = open_registry(bucket_url)
    pushed = push(objects, write_version(tmp_path, "tile", 3, size=40_000_000), who="me")
    with Relay(int(seaweedfs.endpoint.rpartition(":")[2])) as relay:
        through = open_registry(bucket_url.replace(seaweedfs.endpoint, f"http://{relay.address}"))
        pieces = 0

        def cut() -> None:
            nonlocal pieces
            pieces += 1
            if pieces == 10:
                relay.cut()

        with pytest.raises(RegistryAway, match="does not answer: "):
            pull(through, pushed, tmp_path / "there", cut)
        through.close()
    assert version_dir.versions(tmp_path / "there" / "tile") == []
    version_dir.verify(pull(objects, pushed, tmp_path / "there"))
    objects.close()
