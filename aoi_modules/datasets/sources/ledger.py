"""Ledgers: checksums of many files, in the form that `sha256sum --check` reads."""

import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from aoi_modules.errors import ChecksumError, DataError
from aoi_modules.machine import disk

MISSING = "no file"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")

Sums = dict[str, str]
"""Path relative to the set's folder -> SHA-256 in hexadecimal."""


def file_sum(path: Path) -> str:
    """Computes the SHA-256 of a file; gives `MISSING` when there is none.

    Raises:
        DataError: it is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None


def measure(root: Path, names: Iterable[str]) -> Sums:
    """Computes the checksums of the files `names` below `root`."""
    return {name: file_sum(root / name) for name in names}


def compare(root: Path, expected: Mapping[str, str], repair: str) -> None:
    """Compares every file with its checksum.

    Raises:
        ChecksumError: the first file that differs or is missing; `repair` says what to do.
    """
    for name, wanted in expected.items():
        found = file_sum(root / name)
        if found != wanted:
            raise ChecksumError(root / name, expected=wanted, found=found, repair=repair)


def digest(sums: Mapping[str, str]) -> str:
    """Computes one SHA-256 for many files: that of the sorted ledger."""
    return hashlib.sha256(as_text(sums).encode()).hexdigest()


def as_text(sums: Mapping[str, str]) -> str:
    """Writes a ledger as text, sorted by file name: the same sums always give the same text."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def read(path: Path) -> Sums:
    """Reads a ledger, plain or gzip.

    Raises:
        DataError: it cannot be read or a line is not one of a ledger.
    """
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: no readable list of checksums: {error}", hint=f"delete {path}") from None
    except OSError as error:
        raise DataError(disk.trouble(error, path, "cannot be read")) from None
    sums: Sums = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise DataError(
                f"{path}, line {number}: expected 'sha256  file'. Received: {line!r}", hint=f"delete {path}"
            )
        sums[match[2]] = match[1]
    return sums


def write(path: Path, sums: Mapping[str, str]) -> None:
    """Writes a ledger, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(as_text(sums))
    part.replace(path)
