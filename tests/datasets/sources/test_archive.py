"""Zips: every expected file, and nothing else."""

import io
import zipfile
from pathlib import Path

import pytest

from aoi_modules.datasets.sources.archive import LARGEST, unpack
from aoi_modules.datasets.sources.catalogue import RemoteArchive
from aoi_modules.errors import DataError

COMMIT = "c" * 40
REMOTE = RemoteArchive(("http://none.invalid",), COMMIT, 0)
MEMBERS = ("MT_Free/Imgs/a.jpg", "MT_Free/Imgs/a.png")


def zipped(files: dict[str, bytes], comment: str = COMMIT) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = comment.encode()
    return file.getvalue()


WHOLE = {f"set-{COMMIT}/{name}": name.encode() * 20 for name in MEMBERS}


def unpacked(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "set.zip"
    path.write_bytes(content)
    unpack(path, REMOTE, MEMBERS, tmp_path / "set")
    return tmp_path / "set"


def test_unpacks_the_members_without_the_top_folder(tmp_path: Path) -> None:
    extra = {f"set-{COMMIT}/README.md": b"hello", f"set-{COMMIT}/../../evil": b"x", "/etc/evil": b"x"}
    root = unpacked(tmp_path, zipped(WHOLE | extra))
    found = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert found == {name: name.encode() * 20 for name in MEMBERS}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<html>", "not a whole zip"),
        (zipped(WHOLE)[:-80], "not a whole zip"),
        (zipped(WHOLE).replace(MEMBERS[0].encode() * 20, b"?" * 360), "not a whole zip"),
        (zipped(WHOLE, "d" * 40), f"of commit {COMMIT}"),
        (zipped(WHOLE, COMMIT[:12]), f"of commit {COMMIT}"),
        (zipped({f"set/{MEMBERS[0]}": b""}), r"1 are not there, such as MT_Free/Imgs/a\.png"),
        (zipped(WHOLE | {f"set-{COMMIT}/{MEMBERS[0]}": b"0" * (LARGEST + 1)}), "1 are not there"),
    ],
)
def test_leaves_nothing_of_a_wrong_zip(tmp_path: Path, content: bytes, text: str) -> None:
    with pytest.raises(DataError, match=text):
        unpacked(tmp_path, content)
    assert [path.name for path in tmp_path.iterdir()] == ["set.zip"]


def test_a_short_commit_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(zipped(WHOLE, "abcdef1" + "0" * 33))
    unpack(path, RemoteArchive((), "abcdef1", 0), MEMBERS, tmp_path / "set")
    assert (tmp_path / "set" / MEMBERS[0]).is_file()
    with pytest.raises(DataError, match="of commit abcdef2"):
        unpack(path, RemoteArchive((), "abcdef2", 0), MEMBERS, tmp_path / "other")
