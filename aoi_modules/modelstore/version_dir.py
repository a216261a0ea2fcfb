"""Version directories: `<base path>/<name>/<integer version>/`, written whole or not at all.

A server watches the folder, so a version is built under a name that is no number, checksummed, and renamed into
place as the last step. A kill in the middle leaves a folder that every server ignores.
"""

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.errors import Argument, ChecksumError, StoreError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import make_folder, sync_folder, sync_folders
from aoi_modules.modelstore import layout

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_STAGING = ".staging-"
_ABANDONED_SECONDS = 24 * 3600


def check_name(name: str) -> str:
    """Returns a model name that is safe in a path and in a URL.

    Raises:
        StoreError: it is not.
    """
    if not _NAME.fullmatch(name):
        raise StoreError(f"name: expected letters, digits, '_', '-' or '.'. Received: {name!r}")
    return name


def versions(base_path: Path) -> list[int]:
    """The versions below `<base path>/<name>`, rising. Names that are no integers are not versions."""
    if not base_path.is_dir():
        return []
    names = (path.name for path in base_path.iterdir() if path.is_dir())
    return sorted(int(name) for name in names if name.isascii() and name.isdigit() and int(name) > 0)


def next_version(base_path: Path) -> int:
    """One more than the newest version, or 1."""
    return max(versions(base_path), default=0) + 1


@contextmanager
def staged(base_path: Path, version: int) -> Iterator[Path]:
    """Gives a folder to fill; when the block ends well it becomes `<base path>/<version>`, else it is gone.

    Raises:
        StoreError: the version exists already, or the folder cannot be written.
    """
    final = base_path / str(version)
    _refuse_existing(final)
    try:
        make_folder(base_path)
        _sweep(base_path)
        staging = Path(tempfile.mkdtemp(prefix=f"{_STAGING}{version}-", dir=base_path))
    except OSError as error:
        said = disk.trouble(error, base_path, "cannot be written")
        raise StoreError(said, hint=disk.way_out(error)) from None
    try:
        yield staging
        staging.chmod(0o755)
        write_sums(staging)
        _flush(staging)
        _refuse_existing(final)
        staging.rename(final)
        sync_folder(base_path)
    except OSError as error:
        raise StoreError(disk.trouble(error, final, "cannot be written"), hint=disk.way_out(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_sums(version_dir: Path) -> None:
    """Writes the checksums of all files, in the form that `sha256sum --check` reads."""
    lines = [f"{file_sha256(path)}  {path.relative_to(version_dir)}\n" for path in _files(version_dir)]
    target = version_dir / layout.SUMS_FILE
    target.parent.mkdir(exist_ok=True)
    target.write_text("".join(lines), encoding="utf-8")


def sums(version_dir: Path) -> dict[str, str]:
    """Reads the checksums of all files, by their paths.

    Raises:
        StoreError: the directory has none, or they cannot be read.
    """
    path = version_dir / layout.SUMS_FILE
    if not path.is_file():
        raise StoreError(f"{path}: no checksums there", hint="only servables written by aoi export carry them")
    try:
        lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    except OSError as error:
        raise StoreError(disk.trouble(error, path, "cannot be read"), hint=disk.way_out(error)) from None
    except UnicodeDecodeError:
        raise StoreError(f"{path}: no text in UTF-8", hint="export the model again") from None
    return {name: expected for expected, _, name in (line.partition("  ") for line in lines)}


def verify(version_dir: Path) -> None:
    """Compares every file with its checksum.

    Raises:
        ChecksumError: a file is damaged or missing.
        StoreError: the directory has no checksums, or a file cannot be read.
    """
    for name, expected in sums(version_dir).items():
        file = version_dir / name
        try:
            found = file_sha256(file) if file.is_file() else "no file"
        except OSError as error:
            raise StoreError(disk.trouble(error, file, "cannot be read"), hint=disk.way_out(error)) from None
        if found != expected:
            raise ChecksumError(file, expected=expected, found=found, repair="export the model again")


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / layout.SUMS_FILE)


def _sweep(base_path: Path) -> None:
    """Removes what killed writers left. A younger folder may belong to a writer that is still at work."""
    for left in base_path.glob(f"{_STAGING}*"):
        if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _refuse_existing(final: Path) -> None:
    if final.exists():
        chosen = Argument("version")
        raise StoreError(
            f"{final}: this version exists already, and versions never change",
            hint=f"leave {chosen} out to get the next number",
            arguments=[chosen],
        )


def _flush(folder: Path) -> None:
    """Brings the content to the disk before the rename makes it visible."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folders(folder)
