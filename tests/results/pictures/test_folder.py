"""A folder of pictures, on real disks: full ones, ones without rights, and a process that is killed."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aoi_modules.errors import NoSuchResult, PictureStoreAway
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.folder import FolderShelf
from aoi_modules.results.record import new_id
from tests.disks import fill, small_disk

PLACE = address(new_id(), "png")
PUT_FOR_EVER = """
import os, sys
from pathlib import Path
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.folder import FolderShelf
from aoi_modules.results.record import new_id

shelf = FolderShelf(Path(sys.argv[1]))
while True:
    place = address(new_id(), "png")
    shelf.put(place, place.encode() * 10_000)
    os.write(1, place.encode() + b"\\n")
"""


def test_a_full_disk_takes_nothing_and_leaves_nothing_half(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        shelf = FolderShelf(disk / "pictures")
        shelf.put(PLACE, b"first")
        filler = fill(disk)
        other = address(new_id(), "png")
        with pytest.raises(PictureStoreAway, match=r"takes no picture: No space left.*500 kB needed, 0 bytes free"):
            shelf.put(other, bytes(500_000))
        assert [kept.address for kept in shelf.listed()] == [PLACE]
        assert [path.name for path in disk.rglob(".*")] == []
        filler.unlink()
        shelf.put(other, bytes(500_000))
        assert shelf.get(other) == bytes(500_000)
        assert shelf.get(PLACE) == b"first"


def test_what_a_killed_process_put_is_there_and_whole(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", PUT_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    answered = [child.stdout.readline().decode().strip() for _ in range(20)]
    child.send_signal(signal.SIGKILL)
    answered += [line.decode().strip() for line in child.stdout if line.endswith(b"\n")]
    child.wait()
    child.stdout.close()
    shelf = FolderShelf(tmp_path)
    listed = {kept.address for kept in shelf.listed()}
    assert set(answered) <= listed
    assert all(shelf.get(place) == place.encode() * 10_000 for place in listed)


def test_a_file_that_a_killed_process_left_half_is_replaced(tmp_path: Path) -> None:
    half = tmp_path / PLACE
    half.parent.mkdir(parents=True)
    half.with_name(f".{half.name}").write_bytes(b"ha")
    shelf = FolderShelf(tmp_path)
    assert list(shelf.listed()) == []
    shelf.put(PLACE, b"whole")
    assert [path.name for path in half.parent.iterdir()] == [half.name]
    assert shelf.get(PLACE) == b"whole"


def test_a_picture_of_another_size_is_replaced(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    shelf.put(PLACE, b"damaged")
    shelf.put(PLACE, b"right")
    assert shelf.get(PLACE) == b"right"


def test_a_picture_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    shelf.put(PLACE, b"picture")
    before = (tmp_path / PLACE).stat()
    shelf.put(PLACE, b"picture")
    after = (tmp_path / PLACE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_disk_and_folders_have_it_before_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    sync = os.fsync

    def seen(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        sync(descriptor)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("only Linux says which file a descriptor is of")
    monkeypatch.setattr(os, "fsync", seen)
    FolderShelf(tmp_path).put(PLACE, b"picture")
    path = tmp_path / PLACE
    year, month, day, digits = (path.parents[number] for number in (3, 2, 1, 0))
    assert synced == [digits / f".{path.name}", digits, day, month, year, tmp_path]


def test_folders_that_hold_nothing_any_more_go(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path / "pictures")
    places = [
        address(f"{second:012x}" + "7" + "0" * 17 + digits, "png") for second in (0, 10**10) for digits in ("ab", "cd")
    ]
    for place in places:
        shelf.put(place, b"picture")
    shelf.delete(places[:2])
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == [places[2][:4]]
    shelf.delete(places[2:])
    assert list((tmp_path / "pictures").iterdir()) == []


def test_putting_and_deleting_side_by_side_lose_nothing(tmp_path: Path) -> None:
    """A folder may be removed between its making and its first file."""
    shelf = FolderShelf(tmp_path)
    wrong: list[BaseException] = []

    def put_and_delete(number: int) -> None:
        place = address(f"{number:031x}0", "png")
        try:
            for _ in range(200):
                shelf.put(place, b"picture")
                assert shelf.get(place) == b"picture"
                shelf.delete([place])
        except BaseException as error:  # whatever it is, the test is to fail by it
            wrong.append(error)

    threads = [threading.Thread(target=put_and_delete, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_other_files_are_neither_listed_nor_in_the_way(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    shelf.put(PLACE, b"picture")
    (tmp_path / "readme.txt").write_text("mine")
    (tmp_path / PLACE).with_suffix(".png.txt").write_text("mine")
    (tmp_path / "2026").mkdir(exist_ok=True)
    (tmp_path / "2026" / "link").symlink_to(tmp_path)
    assert [kept.address for kept in shelf.listed()] == [PLACE]
    shelf.delete([PLACE])
    assert (tmp_path / PLACE).with_suffix(".png.txt").exists()


def test_what_is_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file")
    shelf = FolderShelf(tmp_path / "pictures")
    with pytest.raises(PictureStoreAway, match="takes no picture: Not a directory"):
        shelf.put(PLACE, b"picture")
    with pytest.raises(PictureStoreAway, match="cannot be read: Not a directory"):
        shelf.get(PLACE)
    with pytest.raises(PictureStoreAway, match="cannot be deleted from: Not a directory"):
        shelf.delete([PLACE])
    with pytest.raises(PictureStoreAway, match="cannot be listed: Not a directory"):
        list(shelf.listed())


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchResult, match=f"no picture {PLACE}"):
        FolderShelf(tmp_path).get(PLACE)
