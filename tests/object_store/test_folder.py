"""Objects in a folder: killed writers, full disks, and what cannot be read."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aoi_modules.errors import RegistryAway
from aoi_modules.object_store.folder import Folder
from aoi_modules.object_store.parallel import side_by_side
from tests.disks import fill, small_disk


def folder(root: Path) -> Folder:
    return Folder(root, what="the registry", away=RegistryAway)


def test_a_full_disk_is_a_sentence_and_what_was_there_stays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        store = folder(disk / "objects")
        store.put("a.json", b"before")
        filler = fill(disk)
        for act in (lambda: store.put("a.json", bytes(100_000)), lambda: store.create("b.json", bytes(100_000))):
            with pytest.raises(RegistryAway, match=r"the registry takes nothing: No space left.*100 kB needed"):
                act()
        assert store.get("a.json") == b"before"
        filler.unlink()
        assert store.create("b.json", b"after")
        assert [entry.key for entry in store.listed("")] == ["a.json", "b.json"]


def test_a_killed_writer_leaves_what_nobody_sees_and_what_goes_by_its_age(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from aoi_modules.errors import RegistryAway\n"
        "from aoi_modules.object_store.folder import Folder\n"
        "store = Folder(Path(sys.argv[1]), what='it', away=RegistryAway)\n"
        "for number in range(10**9): store.put('a.bin', number.to_bytes(4, 'big') * 2**20)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "objects")])
    store = folder(tmp_path / "objects")
    while not any(store.listed("")):
        time.sleep(0.02)
    halves = tmp_path / "objects" / ".half-written"
    while not any(halves.iterdir()):
        time.sleep(0.001)
    writer.send_signal(signal.SIGKILL)
    writer.wait(30)
    (entry,) = store.listed("")
    content = store.get(entry.key)
    assert content == content[:4] * 2**20
    store.forget_half_written(datetime.now(UTC) - timedelta(hours=1))
    store.forget_half_written(store.now() + timedelta(seconds=1))
    assert not list(halves.iterdir())


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = folder(tmp_path / "file")
    with pytest.raises(RegistryAway, match=r"the registry takes nothing: (Not a directory|File exists)"):
        store.put("a.json", b"1")
    with pytest.raises(RegistryAway, match="cannot be listed: Not a directory"):
        list(store.listed(""))
    (tmp_path / "objects" / "a.json").mkdir(parents=True)
    with pytest.raises(RegistryAway, match=r"gives no a\.json: Is a directory"):
        folder(tmp_path / "objects").get("a.json")


def test_the_name_of_a_new_root_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        found.add(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    folder(tmp_path / "new" / "objects").put("a/b.json", b"1")
    assert {tmp_path, tmp_path / "new", tmp_path / "new" / "objects", tmp_path / "new" / "objects" / "a"} <= found


def test_what_cannot_be_deleted_is_told_when_all_else_is_gone(tmp_path: Path) -> None:
    store = folder(tmp_path / "objects")
    store.put("a/1.json", b"1")
    store.put("b/1.json", b"1")
    for name in ("a.json", "b.json"):
        (tmp_path / "objects" / name).mkdir()
    (tmp_path / "objects" / ".half-written" / "0").mkdir()
    store.put("z.json", b"1")
    with pytest.raises(RegistryAway, match=r"the registry does not delete all, and 1 more: Is a directory: .*a\.json"):
        store.delete(["a.json", "b.json", "a/1.json", "z.json", "b/1.json/none"])
    assert [entry.key for entry in store.listed("")] == ["b/1.json"]
    store.put(".half-written/1", b"1")
    with pytest.raises(RegistryAway, match=r"the registry does not delete all: Is a directory: .*half-written/0"):
        store.forget_half_written(store.now() + timedelta(seconds=1))
    assert [path.name for path in (tmp_path / "objects" / ".half-written").iterdir()] == ["0"]


def test_folders_that_become_empty_go(tmp_path: Path) -> None:
    store = folder(tmp_path / "objects")
    store.put("a/b/c.json", b"1")
    store.put("a/d.json", b"1")
    store.delete(["a/b/c.json"])
    assert [path.name for path in (tmp_path / "objects" / "a").iterdir()] == ["d.json"]


def test_who_writes_into_a_folder_that_is_emptied_just_now_is_not_lost(tmp_path: Path) -> None:
    store = folder(tmp_path / "objects")

    def act(number: int) -> None:
        for turn in range(30):
            store.put(f"pending/{number}.json", b"1") if turn % 2 else store.create(f"pending/{number}.json", b"1")
            assert store.get(f"pending/{number}.json") == b"1"
            store.delete([f"pending/{number}.json"])

    side_by_side(act, range(8))
    assert not list(store.listed(""))
