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

_TRIES = 20
_MOST_KNOWN = 10_000  # names of folders that are remembered


class FolderShelf:
    """A folder with a file for each picture.

    Args:
        root: the folder; is made where it is missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._known: set[Path] = set()  # folders whose names are on disk

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._root)

    def put(self, address: str, picture: bytes) -> None:
        """See `Shelf`."""
        path = self._root / address
        try:
            if _size(path) != len(picture):
                self._write(path, picture)
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

    def _write(self, path: Path, picture: bytes) -> None:
        """Writes a file; the disk has its name and those of its folders on return.

        A folder that was empty may be removed at any time. Nothing slow stands between its making and its first file,
        and what went is made again.
        """
        for tries in range(_TRIES):
            self._make(path.parent)
            try:
                _write(path, picture)
                break
            except FileNotFoundError:
                if tries == _TRIES - 1:
                    raise
        sync_folder(path.parent)
        self._keep_name(path.parent)

    def _make(self, folder: Path) -> None:
        """Makes a folder and those above it."""
        if folder.is_dir():
            return
        self._make(folder.parent)
        with suppress(FileExistsError, FileNotFoundError):  # made by somebody else, or gone once more: the file tells
            folder.mkdir()
        if folder.is_relative_to(self._root) and folder != self._root:
            self._known.discard(folder)
        else:
            sync_folder(folder.parent)

    def _keep_name(self, folder: Path) -> None:
        """Waits until the names of a folder and of those between it and the root are on disk, whoever made them."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        while folder != self._root and folder not in self._known:
            sync_folder(folder.parent)
            self._known.add(folder)
            folder = folder.parent

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
            self._known.discard(folder)
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
    """Writes a file under another name, which a next try uses again, and renames it; its bytes are on disk then."""
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
