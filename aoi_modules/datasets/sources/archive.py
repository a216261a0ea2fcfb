"""Unpacks an upstream zip: every expected file, whole, and nothing else."""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.datasets.sources.catalogue import RemoteArchive
from aoi_modules.errors import DataError

LARGEST = 8_000_000
"""Bytes that one unpacked file may have; upstream's largest picture has far less."""
FULL_COMMIT = 40
"""Digits of a commit as git writes it into a zip."""


def unpack(path: Path, remote: RemoteArchive, members: Sequence[str], target: Path) -> None:
    """Unpacks `members` into the new folder `target`; the zip's own top folder is left out.

    The CRC of every file is compared on the way. `target` appears whole or not at all.

    Raises:
        DataError: no zip, of another commit, a file is missing, too many, too large or damaged.
    """
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=target.parent))
    try:
        with zipfile.ZipFile(path) as archive:
            _check_commit(path, archive.comment.decode("ascii", "replace"), remote.commit)
            for name, info in _wanted(path, archive, members).items():
                file = staging / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(archive.read(info))
        staging.chmod(0o755)
        staging.rename(target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{path}: not a whole zip: {error}", hint="download it again") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check_commit(path: Path, comment: str, commit: str) -> None:
    if len(comment) != FULL_COMMIT or not comment.startswith(commit):
        raise DataError(f"{path}: expected a zip that git made of commit {commit}. Received comment: {comment!r}")


def _wanted(path: Path, archive: zipfile.ZipFile, members: Sequence[str]) -> dict[str, zipfile.ZipInfo]:
    """Member -> its entry. Only names that are expected are ever written, so no entry leaves the folder."""
    expected = set(members)
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename.partition("/")[2]
        if name in expected and name not in entries and info.file_size <= LARGEST:
            entries[name] = info
    missing = sorted(expected - set(entries))
    if missing:
        raise DataError(f"{path}: expected {len(expected)} files, {len(missing)} are not there, such as {missing[0]}")
    return entries
