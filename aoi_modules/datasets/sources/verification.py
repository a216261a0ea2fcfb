"""Verifies that a set in a folder is what it should be. Nothing is learnt from a folder that was not verified."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from aoi_modules.datasets.sources import ledger
from aoi_modules.datasets.sources.catalogue import DataSet
from aoi_modules.errors import ChecksumError, DataError, NotAPicture
from aoi_modules.machine import disk
from aoi_modules.pictures.decoding import decode
from aoi_modules.progress import progress

LEDGER = "SHA256SUMS"


def repair_command(dataset: DataSet) -> str:
    """Gives the command that repairs the set, for errors to name."""
    return f"aoi data fetch {dataset.name} --repair"


def verify(dataset: DataSet, root: Path, cache_dir: Path) -> ledger.Sums:
    """Compares every file of the set with its checksum and returns the checksums.

    Where none are known, the files are inspected at first use and their checksums written into the cache; every
    later use is held to them.

    Raises:
        ChecksumError: a file is damaged or missing; names it, both checksums and the repair.
        DataError: a file cannot be read, or at first use is no picture.
    """
    expected = dataset.known_sums(root)
    if expected is None:
        expected = _own_ledger(dataset, root, cache_dir)
    ledger.compare(root, expected, repair_command(dataset))
    return dict(expected)


def ledger_path(root: Path, cache_dir: Path) -> Path:
    """Gives the file for the checksums of a folder without known ones: never in a folder that is not ours."""
    if root.is_relative_to(cache_dir):
        return root / LEDGER
    return cache_dir / "ledgers" / f"{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]}.sha256"


def _own_ledger(dataset: DataSet, root: Path, cache_dir: Path) -> Mapping[str, str]:
    path = ledger_path(root, cache_dir)
    if path.is_file():
        return ledger.read(path)
    sums = inspect(dataset, root)
    try:
        ledger.write(path, sums)
    except OSError as error:
        raise DataError(
            disk.trouble(error, path, "the checksums cannot be written"), hint="set AOI_CACHE_DIR to another place"
        ) from None
    return sums


def inspect(dataset: DataSet, root: Path) -> ledger.Sums:
    """Looks at files of unknown checksum: all there, every picture decodes to its end, every list is text.

    Raises:
        ChecksumError: a file is missing.
        DataError: a file is no whole picture, or no text.
    """
    names = dataset.members()
    sums: ledger.Sums = {}
    with progress(f"look at {dataset.name}", len(names), unit="files") as advance:
        for name in names:
            sums[name] = found = ledger.file_sum(root / name)
            if found == ledger.MISSING:
                raise ChecksumError(root / name, expected="(any)", found=found, repair=repair_command(dataset))
            try:
                _look_at(root / name)
            except (OSError, UnicodeDecodeError, NotAPicture) as error:
                if isinstance(error, OSError):
                    raise DataError(disk.trouble(error, root / name, "cannot be read")) from None
                raise DataError(
                    f"{root / name} is damaged and was not used: expected a whole {_kind(name)}, found sha256 {found}:"
                    f" {error}",
                    hint=f"repair: {repair_command(dataset)}",
                ) from None
            advance(1)
    return sums


def _look_at(path: Path) -> None:
    """Reads a file to its end: a picture or a text."""
    if path.suffix == ".txt":
        path.read_text(encoding="utf-8")
        return
    decode(path.read_bytes())


def _kind(name: str) -> str:
    return "text" if name.endswith(".txt") else "picture"
