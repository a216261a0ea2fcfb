"""What objects say is read back, and what is none of ours is refused."""

from datetime import UTC, datetime

import msgspec
import pytest

from aoi_modules.errors import RegistryError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.registry.records import Move, Retirement, StoredFile, Version

TIME = datetime(2026, 11, 30, 12, tzinfo=UTC)
FILES = {path: StoredFile(sha256="0" * 64, size=7) for path in ("a/b.pb", layout.SUMS_FILE)}
VERSION = Version(name="tile", version=3, upload="ab", files=FILES, time=TIME, who="Müller")


@pytest.mark.parametrize(
    "record",
    [
        VERSION,
        Move(name="tile", label="stable", number=2, version=None, time=TIME, who="a", reason="b"),
        Retirement(name="tile", version=3, time=TIME, who="a"),
    ],
)
def test_records_are_read_back(record: Version | Move | Retirement) -> None:
    assert type(record).from_json(record.to_json(), "here") == record


def test_what_a_newer_release_adds_is_passed_over() -> None:
    told = msgspec.json.decode(VERSION.to_json())
    assert Version.from_json(msgspec.json.encode({**told, "colour": "red"}), "here") == VERSION
    with pytest.raises(RegistryError, match=r"here: expected format 1\. Received: format 2"):
        Version.from_json(msgspec.json.encode({**told, "format": 2}), "here")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"name": "tile"}', VERSION.to_json()[:-20]])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(RegistryError, match="here: expected a version of a registry: "):
        Version.from_json(content, "here")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b", "a\n/../../../b", "a\nb"])
def test_a_file_outside_of_the_folder_is_refused(path: str) -> None:
    told = msgspec.json.decode(VERSION.to_json())
    for wrong in ({"files": {path: {"sha256": "0" * 64, "size": 1}}}, {"upload": path}):
        with pytest.raises(RegistryError, match="no path in a version folder"):
            Version.from_json(msgspec.json.encode({**told, **wrong}), "here")


def test_sizes_are_summed() -> None:
    assert VERSION.size == 14


def test_a_version_without_checksums_is_refused() -> None:
    told = msgspec.json.decode(VERSION.to_json())
    del told["files"][layout.SUMS_FILE]
    with pytest.raises(RegistryError, match=r"no checksums: assets\.extra/SHA256SUMS is not among its files"):
        Version.from_json(msgspec.json.encode(told), "here")


@pytest.mark.parametrize("wrong", [{"size": -1}, {"sha256": "0"}, {"sha256": "G" * 64}])
def test_what_no_file_has_is_refused(wrong: dict[str, object]) -> None:
    told = msgspec.json.decode(VERSION.to_json())
    told["files"]["a/b.pb"] |= wrong
    with pytest.raises(RegistryError, match="no SHA-256 and size of a file"):
        Version.from_json(msgspec.json.encode(told), "here")
