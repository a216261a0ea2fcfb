"""Lists of checksums."""

import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.sources import ledger
from aoi_modules.errors import ChecksumError, DataError

SUM = hashlib.sha256(b"tile").hexdigest()


def test_written_and_read_again(tmp_path: Path) -> None:
    sums = {"b/x y.png": SUM, "a.jpg": "0" * 64}
    ledger.write(tmp_path / "new" / "SHA256SUMS", sums)
    assert ledger.read(tmp_path / "new" / "SHA256SUMS") == sums
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["SHA256SUMS"]


def test_reads_gzip(tmp_path: Path) -> None:
    path = tmp_path / "sums.gz"
    path.write_bytes(gzip.compress(ledger.as_text({"a": SUM}).encode()))
    assert ledger.read(path) == {"a": SUM}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs coreutils")
def test_sha256sum_understands_it(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"tile")
    ledger.write(tmp_path / "SHA256SUMS", ledger.measure(tmp_path, ["a.jpg"]))
    subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True, timeout=10)


@pytest.mark.parametrize("text", ["nonsense\n", f"{SUM[:10]}  a\n", f"{SUM} a\n"])
def test_a_broken_line_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "SHA256SUMS"
    path.write_text(f"{SUM}  good\n{text}")
    with pytest.raises(DataError, match=r"SHA256SUMS, line 2"):
        ledger.read(path)


def test_a_broken_gzip_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sums.gz"
    path.write_bytes(b"not gzip")
    with pytest.raises(DataError, match=r"sums\.gz"):
        ledger.read(path)


def test_compare_names_file_both_sums_and_repair(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"tile")
    ledger.compare(tmp_path, {"a": SUM}, "")
    (tmp_path / "a").write_bytes(b"til")
    with pytest.raises(ChecksumError) as caught:
        ledger.compare(tmp_path, {"a": SUM}, "aoi data fetch x --repair")
    text = str(caught.value)
    assert all(part in text for part in (str(tmp_path / "a"), SUM, hashlib.sha256(b"til").hexdigest(), "--repair"))
    (tmp_path / "a").unlink()
    with pytest.raises(ChecksumError, match="no file"):
        ledger.compare(tmp_path, {"a": SUM}, "")


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.just(SUM), min_size=1))
def test_digest_depends_on_content_only(sums: dict[str, str]) -> None:
    assert ledger.digest(dict(reversed(sums.items()))) == ledger.digest(sums)
    assert ledger.digest(sums | {next(iter(sums)): "0" * 64}) != ledger.digest(sums)
