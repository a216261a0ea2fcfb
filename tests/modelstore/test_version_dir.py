import os
import signal
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


def test_a_failure_inside_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "tile", 1) as folder:
        (folder / "saved_model.pb").write_text(f"half {1 / 0}")
    assert list((tmp_path / "tile").iterdir()) == []


def test_an_existing_version_is_never_touched(tmp_path: Path) -> None:
    write(tmp_path, 1, "first")
    with pytest.raises(StoreError, match="versions never change"):
        write(tmp_path, 1, "second")
    assert (tmp_path / "1" / "saved_model.pb").read_text() == "first"


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
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    with staged(tmp_path, 1):
        pass
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", ".hidden", "-x"])
def test_names_that_would_not_survive_a_path_or_url_are_refused(name: str) -> None:
    with pytest.raises(StoreError, match="Received"):
        check_name(name)


def test_a_folder_without_checksums_cannot_be_verified(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no checksums"):
        verify(tmp_path)
