"""A store of a lesson: SeaweedFS on free ports where it is installed, else a folder that does the same."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from aoi_modules.errors import CourseError
from aoi_modules.study.buckets import store
from aoi_modules.study.buckets.store import Store
from tests.seaweedfs import NEED, WEED


@pytest.fixture(params=[pytest.param("server", marks=NEED), "folder"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store", WEED if request.param == "server" else None) as found:
        yield found


def test_what_was_put_is_there(opened: Store, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"picture")
    assert opened.contents("sources") is None
    opened.s3.create_bucket(Bucket="sources")
    assert opened.contents("sources") == {}
    opened.s3.upload_file(str(file), "sources", "good/1.png")
    assert opened.contents("sources") == {"good/1.png": b"picture"}


@pytest.mark.parametrize("program", [pytest.param(WEED, marks=NEED)])
def test_a_server_asks_for_keys_and_is_gone_at_the_end(program: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "store", program) as found:
        assert found.real
        assert found.place("models") == f"s3://models?endpoint={found.endpoint}"
        assert found.environment["AWS_SECRET_ACCESS_KEY"]
        address = found.endpoint.removeprefix("http://").split(":")
    assert list((tmp_path / "store").iterdir()) == []
    with socket.socket() as probe:
        assert probe.connect_ex((address[0], int(address[1]))) != 0


def test_a_folder_stands_in_and_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "store", None) as found:
        assert not found.real
        assert found.environment == {}
        assert Path(found.place("models")).parent.parent == tmp_path / "store"
        assert Path(found.place("models")).name == "models"
        with pytest.raises(CourseError, match="NoSuchBucket"):
            found.s3.upload_file(str(tmp_path), "models", "a")
        found.s3.create_bucket(Bucket="models")
        with pytest.raises(CourseError, match="BucketAlreadyOwnedByYou"):
            found.s3.create_bucket(Bucket="models")


def test_without_seaweedfs_a_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with Store.open(tmp_path / "store") as found:
        assert not found.real


@pytest.mark.parametrize("program", ["/bin/false"])
def test_a_server_that_ends_at_once_is_said(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "START", 5.0)
    with pytest.raises(CourseError, match="SeaweedFS did not start"):
        Store(tmp_path / "store", Path(program))
