"""Versions get into a registry whole, once, under one number each."""

import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules.errors import ChecksumError, ModelError, RegistryAway, StoreError
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pulling import pull
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.modelstore.registry.sweeping import sweep
from aoi_modules.object_store.interface import Objects
from aoi_modules.object_store.parallel import side_by_side
from tests.disks import fill, small_disk
from tests.gateway.relay import Relay
from tests.modelstore.registry.servables import write_version
from tests.seaweedfs import NEED, SeaweedFS

PUSHER = (
    "import sys; from pathlib import Path; from aoi_modules.modelstore.registry.opening import open_registry\n"
    "from aoi_modules.modelstore.registry.pushing import push\n"
    "objects = open_registry(sys.argv[1])\n"
    "while True: print(push(objects, Path(sys.argv[2]), who='killed').version, flush=True)\n"
)


def test_a_version_is_there_with_all_that_belongs_to_it(objects: Objects, tmp_path: Path) -> None:
    folder = write_version(tmp_path, "tile", 3)
    pushed = push(objects, folder, who="Müller")
    assert (pushed.name, pushed.version, pushed.who) == ("tile", 3, "Müller")
    assert catalogue.version(objects, "tile", 3) == pushed
    assert not list(objects.listed(addresses.PENDING))
    for path, file in pushed.files.items():
        assert objects.get(addresses.file_key("tile", pushed.upload, path)) == (folder / path).read_bytes()
        assert file.size == (folder / path).stat().st_size
    assert {*pushed.files} == {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_a_number_that_is_taken_is_followed_by_the_next(objects: Objects, tmp_path: Path) -> None:
    folder = write_version(tmp_path, "tile", 9)
    assert [push(objects, folder, who="me").version for _ in range(3)] == [9, 10, 11]
    assert push(objects, write_version(tmp_path, "tile", 20), who="me").version == 20
    got = pull(objects, catalogue.version(objects, "tile", 11), tmp_path / "pulled")
    version_dir.verify(got)
    assert manifests.read(got).version == 11


def test_many_that_push_at_once_get_a_number_each(objects: Objects, place: str, tmp_path: Path) -> None:
    folders = [write_version(tmp_path / str(n), "tile", 1, mark=bytes([n])) for n in range(4)]
    each = [open_registry(place) for _ in folders]
    gate = threading.Barrier(len(folders))

    def act(number: int) -> int:
        gate.wait(30)
        return push(each[number], folders[number], who="me").version

    claimed = side_by_side(act, range(len(folders)))
    assert sorted(claimed) == [1, 2, 3, 4]
    for number, version in enumerate(claimed):
        got = pull(objects, catalogue.version(objects, "tile", version), tmp_path / "pulled")
        weights = got / layout.VARIABLES / "variables.data-00000-of-00001"
        assert weights.read_bytes()[0] == number
        assert manifests.read(got).version == version
    for one in each:
        one.close()


def test_what_is_no_whole_servable_is_refused_before_anything_is_uploaded(objects: Objects, tmp_path: Path) -> None:
    damaged = write_version(tmp_path, "tile", 1)
    (damaged / layout.VARIABLES / "variables.index").write_bytes(b"other")
    with pytest.raises(ChecksumError, match=r"variables\.index is damaged"):
        push(objects, damaged, who="me")
    with pytest.raises(StoreError, match="no manifest there"):
        push(objects, tmp_path, who="me")
    broken = write_version(tmp_path, "tile", 2)
    (broken / layout.SAVED_MODEL).write_bytes(b"")
    version_dir.write_sums(broken)
    with pytest.raises(ModelError, match="no SavedModel"):
        push(objects, broken, who="me")
    outside = write_version(tmp_path, "tile", 3)
    (tmp_path / "secret").write_text("x")
    with (outside / layout.SUMS_FILE).open("a") as sums:
        sums.write(f"{version_dir.file_sha256(tmp_path / 'secret')}  ../../secret\n")
    with pytest.raises(StoreError, match=r"expected files of this folder. Received: \.\./\.\./secret"):
        push(objects, outside, who="me")
    assert not list(objects.listed(addresses.UPLOADS))


def test_a_full_disk_leaves_what_was_visible(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        objects = open_registry(str(disk / "registry"))
        push(objects, write_version(tmp_path, "tile", 1), who="me")
        filler = fill(disk)
        with pytest.raises(RegistryAway, match="takes nothing: No space left on device"):
            push(objects, write_version(tmp_path, "tile", 2, size=100_000), who="me")
        assert catalogue.numbers(objects, "tile") == [1]
        filler.unlink()
        assert push(objects, tmp_path / "tile" / "2", who="me").version == 2


@NEED[0]
@NEED[1]
def test_a_connection_that_is_cut_leaves_what_was_visible(
    seaweedfs: SeaweedFS, bucket_url: str, tmp_path: Path
) -> None:
    objects = open_registry(bucket_url)
    push(objects, write_version(tmp_path, "tile", 1), who="me")
    folder = write_version(tmp_path, "tile", 2, size=50_000_000)
    with Relay(int(seaweedfs.endpoint.rpartition(":")[2])) as relay:
        through = open_registry(bucket_url.replace(seaweedfs.endpoint, f"http://{relay.address}"))
        catalogue.numbers(through, "tile")
        threading.Timer(0.3, relay.cut).start()
        with pytest.raises(RegistryAway, match="does not answer: "):
            side_by_side(lambda _: push(through, folder, who="me"), range(1000))
        through.close()
    before = catalogue.numbers(objects, "tile")
    for number in before:
        version_dir.verify(pull(objects, catalogue.version(objects, "tile", number), tmp_path / "pulled"))
    assert push(objects, folder, who="me").version == max(before[-1] + 1, 2)
    objects.close()


def kill_pushers(objects: Objects, place: str, tmp_path: Path, *, times: int, luck: random.Random) -> list[int]:
    """Kills pushers at random moments; returns the versions that are visible, each of which is whole."""
    folder = write_version(tmp_path, "tile", 1, size=300_000)
    said: list[int] = []
    for _ in range(times):
        pusher = subprocess.Popen([sys.executable, "-c", PUSHER, place, str(folder)], stdout=subprocess.PIPE, text=True)
        assert pusher.stdout is not None
        said.append(int(pusher.stdout.readline()))  # it is at work
        time.sleep(luck.uniform(0, 0.2))
        pusher.send_signal(signal.SIGKILL)
        said += [int(line) for line in pusher.communicate(timeout=30)[0].splitlines()]
    there = catalogue.numbers(objects, "tile")
    assert set(said) <= set(there)  # what was said to be there is there
    assert len(there) <= len(said) + times  # and at most one for each that was killed before it could say so
    for number in there:
        got = pull(objects, catalogue.version(objects, "tile", number), tmp_path / "pulled")
        version_dir.verify(got)
        assert manifests.read(got).version == number
    sweep(objects, timedelta(0))
    needed = {catalogue.version(objects, "tile", number).upload for number in there}
    assert {entry.key.split("/")[2] for entry in objects.listed(addresses.UPLOADS)} == needed
    assert not list(objects.listed(addresses.PENDING))
    return there


def test_killed_pushers_leave_whole_versions_and_nothing_else(objects: Objects, place: str, tmp_path: Path) -> None:
    kill_pushers(objects, place, tmp_path, times=1, luck=random.Random(7))
