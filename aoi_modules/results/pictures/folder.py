"""Pictures in a folder."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from aoi_modules.errors import NoSuchResult, PictureStoreAway
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import sync_folder
from aoi_modules.results.pictures.addresses import is_address
from aoi_modules.results.pictures.store import Kept

_TRIES = 3


class FolderShelf:
    """A folder with a file for each picture.

    Args:
        root: the folder; is made where it is missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._root)

    def put(self, address: str, picture: bytes) -> None:
        """See `Shelf`."""
        path = self._root / address
        try:
            if _size(path) != len(picture):
                _write(path, picture)
        except OSError as error:
            raise PictureStoreAway(
                disk.trouble(error, self._root, "the picture store takes no picture", needed=len(picture)),
                hint=disk.way_out(error),
            ) from None

    def get(self, address: str) -> bytes:
        """See `Shelf`."""
        try:
            return (self._root / address).read_bytes()
        except FileNotFoundError:
            raise NoSuchResult(f"no picture {address} in {self._root}") from None
        except OSError as error:
            raise self._away(error, "cannot be read") from None

    def delete(self, addresses: Sequence[str]) -> None:
        """See `Shelf`."""
        try:
            for address in addresses:
                (self._root / address).unlink(missing_ok=True)
            for folder in sorted({(self._root / address).parent for address in addresses}):
                self._forget_empty(folder)
        except OSError as error:
            raise self._away(error, "cannot be deleted from") from None

    def listed(self) -> Iterator[Kept]:
        """See `Shelf`."""
        try:
            yield from self._below("")
        except OSError as error:
            raise self._away(error, "cannot be listed") from None

    def close(self) -> None:
        """Nothing is open."""

    def _below(self, folder: str) -> Iterator[Kept]:
        """The pictures below a folder, which is named as addresses name it."""
        try:
            entries = sorted(os.scandir(self._root / folder), key=lambda entry: entry.name)
        except FileNotFoundError:  # it was empty, and went
            return
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._below(f"{folder}{entry.name}/")
            elif is_address(folder + entry.name) and (size := _size(Path(entry.path))) is not None:
                yield Kept(folder + entry.name, size)

    def _forget_empty(self, folder: Path) -> None:
        """Removes a folder that holds nothing any more, and those above it that now do not either."""
        while folder != self._root:
            try:
                folder.rmdir()
            except FileNotFoundError:  # somebody else did
                pass
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return
                raise
            folder = folder.parent

    def _away(self, error: OSError, doing: str) -> PictureStoreAway:
        return PictureStoreAway(disk.trouble(error, self._root, f"the picture store {doing}"), hint=disk.way_out(error))


def _size(path: Path) -> int | None:
    """Bytes of a file; None if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _write(path: Path, picture: bytes) -> None:
    """Writes a file; a folder of it that was empty may be removed meanwhile, and is made again."""
    for _ in range(_TRIES - 1):
        with suppress(FileNotFoundError):
            _make(path.parent)
            _write_into(path, picture)
            return
    _make(path.parent)
    _write_into(path, picture)


def _write_into(path: Path, picture: bytes) -> None:
    """Writes a file under another name, which a next try uses again, and renames it; the disk has both on return."""
    temporary = path.with_name(f".{path.name}")
    try:
        with temporary.open("wb") as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _make(folder: Path) -> None:
    """Makes a folder and those above it; the disk has their names on return."""
    if not folder.is_dir():
        _make(folder.parent)
        with suppress(FileExistsError):  # `exist_ok` looks again, and by then the folder may be gone once more
            folder.mkdir()
        sync_folder(folder.parent)
