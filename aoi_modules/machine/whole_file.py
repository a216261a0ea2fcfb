"""Files that are written whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Writes a file under another name and renames it, so that no reader ever meets half of it.

    The disk has the content before the file has its name.

    Args:
        path: of the file; its folder is made.
        content: all of it.
        mode: of the file; before it is there, its owner alone can read it.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Waits until a folder's names are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(folder: Path) -> None:
    """Waits until the names in a folder and in all below it are on disk."""
    for path, _, _ in os.walk(folder):
        sync_folder(Path(path))


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it that are missing; the disk has their names on return.

    Somebody else may make or remove them at the same time.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir()
    with suppress(PermissionError):  # a folder may take names, and not let them be listed
        sync_folder(folder.parent)
