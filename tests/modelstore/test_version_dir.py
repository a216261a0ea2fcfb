import errno
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aoi_modules.errors import ChecksumError, StoreError
from aoi_modules.modelstore.version_dir import check_name, next_version, staged, verify, versions


def write(base: Path, version: int, content: str = "graph") -> None:
    with staged(base, version) as folder:
        (folder / "saved_model.pb").write_text(content)


def test_versions_are_integers_and_nothing_else(tmp_path: Path) -> None:
    for name in ("1", "12", "007x", "v1", "0.1", ".staging-3-abc", "0", "²"):
        (tmp_path / name).mkdir()
    (tmp_path / "5").write_text("a file")
    assert versions(tmp_path) == [1, 12]
    assert next_version(tmp_path) == 13
    assert next_version(tmp_path / "none") == 1


def test_a_version_appears_whole_with_checksums(tmp_path: Path) -> None:
    write(tmp_path, 1)
    assert versions(tmp_path) == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
    verify(tmp_path / "1")


def test_every_file_of_every_folder_has_a_checksum(tmp_path: Path) -> None:
    base = tmp_path / "models" / "tile"
    with staged(base, 1) as folder:
        for name in ("variables", "assets.extra"):
            (folder / name).mkdir()
            (folder / name / "file").write_text(name)
    verify(base / "1")
    lines = (base / "1" / "assets.extra" / "SHA256SUMS").read_text().splitlines()
    assert [line.partition("  ")[2] for line in lines] == ["assets.extra/file", "variables/file"]


def test_the_checksums_are_what_sha256sum_reads(tmp_path: Path) -> None:
    write(tmp_path, 1)
    command = ["sha256sum", "--check", "--strict", "assets.extra/SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path / "1", capture_output=True, check=False).returncode == 0


def test_damage_is_found_and_named(tmp_path: Path) -> None:
    write(tmp_path, 1)
    file = tmp_path / "1" / "saved_model.pb"
    file.write_text("grapf")
    with pytest.raises(ChecksumError, match=r"saved_model\.pb is damaged"):
        verify(tmp_path / "1")
    file.unlink()
    with pytest.raises(ChecksumError, match="found no file"):
        verify(tmp_path / "1")


def test_checksums_that_cannot_be_read_are_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, 1)
    sums = tmp_path / "1" / "assets.extra" / "SHA256SUMS"
    sums.write_bytes(b"\xff")
    with pytest.raises(StoreError, match="SHA256SUMS: no text in UTF-8"):
        verify(tmp_path / "1")
    sums.write_text(f"{'0' * 64}  {'a' * 300}\n")
    with pytest.raises(StoreError, match="cannot be read: File name too long"):
        verify(tmp_path / "1")


def test_the_names_of_folders_in_a_version_are_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        found.add(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    with staged(tmp_path / "tile", 1) as folder:
        (folder / "variables").mkdir()
    assert {"variables", "assets.extra", "tile", tmp_path.name} <= found


def test_a_failure_inside_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "tile", 1) as folder:
        (folder / "saved_model.pb").write_text(f"half {1 / 0}")
    assert list((tmp_path / "tile").iterdir()) == []


def test_an_existing_version_is_never_touched(tmp_path: Path) -> None:
    write(tmp_path, 1, "first")
    with pytest.raises(StoreError, match="versions never change"), staged(tmp_path, 1):
        pytest.fail("nothing should be built for a version that exists")
    assert (tmp_path / "1" / "saved_model.pb").read_text() == "first"


def test_a_version_that_another_writer_published_meanwhile_is_never_touched(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="versions never change"), staged(tmp_path, 1):
        write(tmp_path, 1, "first")
    assert (tmp_path / "1" / "saved_model.pb").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_a_base_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"file/tile: cannot be written: Not a directory"):
        write(tmp_path / "file" / "tile", 1)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError(errno.ENOSPC, "No space left on device"), "No space left on device"), (OSError("odd"), "odd")],
)
def test_a_disk_that_fails_is_a_sentence_and_leaves_nothing(tmp_path: Path, error: OSError, reason: str) -> None:
    with pytest.raises(StoreError, match=f"tile/1: cannot be written: {reason}"), staged(tmp_path / "tile", 1):
        raise error
    assert list((tmp_path / "tile").iterdir()) == []


def test_others_may_read_a_version(tmp_path: Path) -> None:
    write(tmp_path, 1)
    assert stat.S_IMODE((tmp_path / "1").stat().st_mode) == 0o755


def test_the_content_is_on_the_disk_before_the_version_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[tuple[int, int, bool]] = []

    def flush(descriptor: int) -> None:
        flushed.append((descriptor, os.fstat(descriptor).st_ino, (tmp_path / "1").exists()))

    monkeypatch.setattr(os, "fsync", flush)
    write(tmp_path, 1)
    before = {node for _, node, published in flushed if not published}
    assert before >= {path.stat().st_ino for path in (tmp_path / "1").rglob("*") if path.is_file()}
    assert (tmp_path / "1").stat().st_ino in before
    assert [node for _, node, published in flushed if published] == [tmp_path.stat().st_ino]
    for descriptor, _, _ in flushed:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_kill_in_the_middle_leaves_no_version(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from aoi_modules.modelstore.version_dir import staged\n"
        "with staged(Path(sys.argv[1]), 1) as folder:\n"
        "    (folder / 'saved_model.pb').write_text('half'); print('half', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
        if process.stdout is None or process.stdout.readline() != b"half\n":
            pytest.fail("the writer did not start")
        os.kill(process.pid, signal.SIGKILL)
    assert versions(tmp_path) == []
    write(tmp_path, 1)
    assert versions(tmp_path) == [1]


def test_what_a_killed_writer_left_is_swept_away_a_day_later(tmp_path: Path) -> None:
    old, young = tmp_path / ".staging-1-old", tmp_path / ".staging-1-young"
    for left in (old, young):
        left.mkdir()
        (left / "saved_model.pb").write_bytes(b"half")
    a_day_ago = time.time() - 24 * 3600
    os.utime(old, (a_day_ago - 10, a_day_ago - 10))
    os.utime(young, (a_day_ago + 600, a_day_ago + 600))
    with staged(tmp_path, 1):
        pass
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", ".hidden", "-x"])
def test_names_that_would_not_survive_a_path_or_url_are_refused(name: str) -> None:
    with pytest.raises(StoreError, match="Received"):
        check_name(name)


def test_other_names_are_taken_as_they_are() -> None:
    assert check_name("Tile_2.b-1") == "Tile_2.b-1"


def test_a_folder_without_checksums_cannot_be_verified(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no checksums"):
        verify(tmp_path)
