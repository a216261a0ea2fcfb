"""Downloads against a real server: whole and right, or not at all."""

import hashlib
import socket
from pathlib import Path

import pytest

from aoi_modules.datasets.sources.download import ATTEMPTS, download, reachable
from aoi_modules.errors import ChecksumError, DataError
from tests.datasets.file_server import FileServer

CONTENT = bytes(range(256)) * 4000
SUM = hashlib.sha256(CONTENT).hexdigest()


def fetch(files: FileServer, target: Path, **options: object) -> str:
    waits: list[float] = []
    return download([f"{files.url}/set.bin"], target, sha256=SUM, wait=waits.append, **options)  # type: ignore[arg-type]


@pytest.fixture
def target(files: FileServer, tmp_path: Path) -> Path:
    files.files["/set.bin"] = CONTENT
    return tmp_path / "new" / "set.bin"


def test_downloads_a_file(files: FileServer, target: Path) -> None:
    assert fetch(files, target) == SUM
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]


def test_resumes_after_cut_connections(files: FileServer, target: Path) -> None:
    files.cut_after = [300_000, 200_000]
    fetch(files, target)
    assert target.read_bytes() == CONTENT
    assert files.asked[0] == ("/set.bin", None)
    starts = [int(asked[6:-1]) for _, asked in files.asked[1:] if asked]
    assert starts == [300_000, 500_000]


def test_goes_on_with_the_part_of_an_earlier_process(files: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes(CONTENT[:1000])
    fetch(files, target)
    assert files.asked == [("/set.bin", "bytes=1000-")]
    assert target.read_bytes() == CONTENT


def test_starts_over_when_the_server_knows_no_ranges(files: FileServer, target: Path) -> None:
    files.ranges = False
    files.cut_after = [300_000]
    fetch(files, target)
    assert target.read_bytes() == CONTENT


def test_a_part_with_foreign_bytes_gets_one_clean_try(files: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes(b"x" * 1000)
    fetch(files, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("length", [len(CONTENT), len(CONTENT) + 5])
def test_a_part_that_is_already_long_enough(files: FileServer, target: Path, length: int) -> None:
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes((CONTENT + b"extra")[:length])
    fetch(files, target)
    assert target.read_bytes() == CONTENT


def test_refuses_other_content_and_leaves_nothing(files: FileServer, target: Path) -> None:
    files.files["/set.bin"] = b"<html>log in first</html>"
    with pytest.raises(ChecksumError) as caught:
        fetch(files, target)
    assert caught.value.expected == SUM
    assert caught.value.found == hashlib.sha256(b"<html>log in first</html>").hexdigest()
    assert list(target.parent.iterdir()) == []


def test_gives_up_on_a_server_that_keeps_cutting(files: FileServer, target: Path) -> None:
    files.cut_after = [10] * 20
    with pytest.raises(DataError, match=r"set.bin could not be downloaded"):
        fetch(files, target)
    assert len(files.asked) == ATTEMPTS
    assert not target.exists()


def test_tries_a_server_without_bytes_twice(files: FileServer, target: Path) -> None:
    files.statuses = [503] * 20
    with pytest.raises(DataError, match="HTTP 503"):
        fetch(files, target)
    assert len(files.asked) == 2


def test_waits_and_tries_again_when_the_server_is_busy(files: FileServer, target: Path) -> None:
    files.statuses = [429]
    fetch(files, target)
    assert target.read_bytes() == CONTENT


def test_takes_the_next_place_when_the_first_has_it_not(files: FileServer, target: Path) -> None:
    urls = [f"{files.url}/moved.bin", f"{files.url}/set.bin"]
    download(urls, target, sha256=SUM)
    assert [path for path, _ in files.asked] == ["/moved.bin", "/set.bin"]


def test_refused_connections_end_soon_and_name_the_place(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    waits: list[float] = []
    with pytest.raises(DataError, match=rf"127\.0\.0\.1:{port}") as caught:
        download([f"http://127.0.0.1:{port}/set.bin"], tmp_path / "set.bin", sha256=SUM, wait=waits.append)
    assert len(waits) == 1
    assert "AOI_DATA_DIR" in caught.value.hint


def test_a_host_without_address_is_asked_once(tmp_path: Path) -> None:
    waits: list[float] = []
    with pytest.raises(DataError, match=r"no address for no-such-host\.invalid"):
        download(["http://no-such-host.invalid/set.bin"], tmp_path / "set.bin", sha256=SUM, wait=waits.append)
    assert waits == []


def test_a_silent_server_is_left_after_the_timeout(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/set.bin"
        with pytest.raises(DataError, match="timed out"):
            download([url], tmp_path / "set.bin", sha256=SUM, timeout=(0.2, 0.2), wait=lambda seconds: None)


def test_without_a_checksum_takes_what_comes(files: FileServer, target: Path) -> None:
    assert download([f"{files.url}/set.bin"], target, sha256=None) == SUM


def test_reachable(files: FileServer) -> None:
    files.files["/set.bin"] = CONTENT
    assert reachable(f"{files.url}/set.bin")
    assert not reachable(f"{files.url}/other.bin")
    assert not reachable("http://no-such-host.invalid/set.bin")
