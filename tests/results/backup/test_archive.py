"""Archives: proven by tar and sha256sum, whole or not at all, and never used when they are damaged."""

import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ResultsError
from aoi_modules.results.backup.archive import SUMS, members, written
from tests.disks import fill, small_disk

CONTENTS = {"first.json": b"{}", "empty": b"", "pictures/one.png": bytes(range(256)) * 10, "block": bytes(512)}


def archive(path: Path, contents: dict[str, bytes]) -> Path:
    with written(path) as out:
        for name, content in contents.items():
            out.add(name, content)
    return path


def read(path: Path) -> dict[str, bytes]:
    return {member.name: member.read() for member in members(path)}


@given(st.dictionaries(st.text("abc/.", min_size=1, max_size=50), st.binary(max_size=2000), max_size=8))
def test_what_is_written_is_read(contents: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = archive(Path(folder) / "a.tar", contents)
        assert read(path) == contents


def test_tar_and_sha256sum_prove_it(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", CONTENTS)
    with tarfile.open(path) as opened:
        assert opened.getnames() == [*CONTENTS, SUMS]
    tar, check = shutil.which("tar"), shutil.which("sha256sum")
    if tar is None or check is None:
        pytest.skip("tar or sha256sum is not installed")
    subprocess.run([tar, "xf", path], cwd=tmp_path, check=True)
    assert {name: (tmp_path / name).read_bytes() for name in CONTENTS} == CONTENTS
    said = subprocess.run([check, "--check", SUMS], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert said.stdout.count(": OK") == len(CONTENTS)


def test_files_are_added_without_being_in_memory(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(range(250)) * 20_000)
    with written(tmp_path / "a.tar") as out:
        out.add_file("large", large)
        assert out.size == 5_000_000
    (member,) = members(tmp_path / "a.tar")
    assert member.size == 5_000_000
    assert member.digest() == hashlib.sha256(large.read_bytes()).hexdigest()


def test_members_that_nobody_reads_are_checked_all_the_same(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", CONTENTS)
    assert [member.name for member in members(path)] == list(CONTENTS)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\x01\x02\x03", b"\x01\x02\x04", 1))
    with pytest.raises(ResultsError, match=r"a\.tar: pictures/one\.png is damaged"):
        list(members(path))


@given(st.data())
def test_a_damaged_archive_is_refused_or_has_everything_all_the_same(data: st.DataObject) -> None:
    """Only what fills up blocks, and what tar knows of owners and times, may change unseen."""
    with tempfile.TemporaryDirectory() as folder:
        path = archive(Path(folder) / "a.tar", CONTENTS)
        content = bytearray(path.read_bytes())
        if data.draw(st.booleans()):
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        else:
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        path.write_bytes(content)
        with suppress(ResultsError):
            assert read(path) == CONTENTS


def test_every_byte_of_the_contents_counts(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar", {"a": b"content"})
    whole = path.read_bytes()
    for place in (whole.index(b"content"), whole.index(b"content") + 6, whole.index(b"  a\n") - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ResultsError, match=r"a is damaged"):
            read(path)


@pytest.mark.parametrize("content", [b"", b"no archive", bytes(2000), b"x" * 2000])
def test_other_files_are_no_archives_of_ours(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(ResultsError, match="expected a file that aoi results backup wrote"):
        list(members(tmp_path / "a.tar"))


def test_an_archive_of_tar_itself_has_no_checksums(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as out:
        member = tarfile.TarInfo("first.json")
        member.size = 2
        out.addfile(member, io.BytesIO(b"{}"))
    with pytest.raises(ResultsError, match="is cut off or damaged"):
        list(members(tmp_path / "a.tar"))


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), written(tmp_path / "a.tar") as out:
        out.add("a", bytes(1 // out.size))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("mine")
    with pytest.raises(ResultsError, match="there is such a file already"):
        archive(tmp_path / "a.tar", CONTENTS)
    assert (tmp_path / "a.tar").read_text() == "mine"


def test_a_full_disk_takes_none_of_it(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        filler = fill(disk)
        with pytest.raises(ResultsError, match=r"a\.tar: cannot be written: No space left on device"):
            archive(disk / "a.tar", CONTENTS)
        filler.unlink()
        with pytest.raises(ResultsError, match="No space left on device"):
            archive(disk / "a.tar", {"large": bytes(2_000_000)})
        assert list(disk.iterdir()) == []
        assert read(archive(disk / "a.tar", CONTENTS)) == CONTENTS


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"missing\.tar: cannot be read: No such file"):
        list(members(tmp_path / "missing.tar"))
    with written(tmp_path / "a.tar") as out, pytest.raises(ResultsError, match="missing: cannot be read"):
        out.add_file("missing", tmp_path / "missing")
