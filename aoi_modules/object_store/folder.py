"""Objects in a folder, a file each. It may lie on a network file system that knows hard links."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from aoi_modules.errors import AoiError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import make_folder, sync_folder
from aoi_modules.object_store.interface import CHUNK, Entry, NoSuchObject

_TRIES = 20
_HALF = ".half-written"
"""The folder of what is being written. It is no part of any key."""


class Folder:
    """A folder with a file for each key; see `Objects`.

    Args:
        root: the folder; is made where it is missing, once something is written.
        what: it is, for messages: `the registry`.
        away: the error to raise where it takes or gives nothing.
    """

    def __init__(self, root: Path, *, what: str, away: type[AoiError]) -> None:
        self._root = root.absolute()
        self._what = what
        self._error = away

    @property
    def name(self) -> str:
        """See `Objects`."""
        return str(self._root)

    def put(self, key: str, content: bytes) -> None:
        """See `Objects`."""
        self._write(key, lambda file: file.write(content), len(content))

    def send(self, key: str, file: Path) -> None:
        """See `Objects`."""
        with file.open("rb") as source:
            self._write(key, lambda target: shutil.copyfileobj(source, target, CHUNK), file.stat().st_size)

    def create(self, key: str, content: bytes) -> bool:
        """See `Objects`."""
        path = self._root / key
        try:
            with self._written(lambda file: file.write(content)) as half:
                self._place(path, lambda: os.link(half, path))
            return True
        except FileExistsError:
            return self._holds(key, content)
        except OSError as error:
            raise self._away(error, "takes nothing", len(content)) from None

    def get(self, key: str) -> bytes:
        """See `Objects`."""
        return b"".join(self.chunks(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `Objects`."""
        path = self._root / key
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except FileNotFoundError:
            raise NoSuchObject(key) from None
        except OSError as error:
            raise self._away(error, f"gives no {key}") from None

    def delete(self, keys: Sequence[str]) -> None:
        """See `Objects`."""
        self._unlink([self._root / key for key in keys])
        for folder in sorted({(self._root / key).parent for key in keys}, reverse=True):
            self._forget_empty(folder)

    def listed(self, prefix: str) -> Iterator[Entry]:
        """See `Objects`."""
        try:
            yield from self._below(prefix)
        except OSError as error:
            raise self._away(error, "cannot be listed") from None

    def now(self) -> datetime:
        """See `Objects`."""
        try:
            with self._written(lambda _file: 0) as half:
                return _time(half.stat())
        except OSError as error:
            raise self._away(error, "takes nothing") from None

    def forget_half_written(self, before: datetime) -> None:
        """See `Objects`."""
        old = []
        try:
            for half in sorted((self._root / _HALF).glob("*")):
                with suppress(FileNotFoundError):  # its writer came to the end
                    if _time(half.stat()) <= before:
                        old.append(half)
        except OSError as error:
            raise self._away(error, "cannot be listed") from None
        self._unlink(old)

    def close(self) -> None:
        """Nothing is open."""

    def _unlink(self, files: Iterable[Path]) -> None:
        """Deletes files; one that stays is told when all others are gone."""
        stayed: list[OSError] = []
        for file in files:
            try:
                file.unlink(missing_ok=True)
            except NotADirectoryError:  # there is a file where its folder would be
                continue
            except OSError as error:
                stayed.append(error)
        if stayed:
            more = f", and {len(stayed) - 1} more" if stayed[1:] else ""
            raise self._away(stayed[0], f"does not delete all{more}")

    def _holds(self, key: str, content: bytes) -> bool:
        try:
            return self.get(key) == content
        except NoSuchObject:  # the one who had it took it away again
            return False

    def _write(self, key: str, write: Callable[[BinaryIO], object], size: int) -> None:
        path = self._root / key
        try:
            with self._written(write) as half:
                self._place(path, lambda: half.replace(path))
        except OSError as error:
            raise self._away(error, "takes nothing", size) from None

    def _place(self, path: Path, place: Callable[[], object]) -> None:
        """Gives a file its name, which the disk has on return. A folder that was empty may go at any time before."""
        for tries in range(_TRIES):
            try:
                make_folder(path.parent)
                place()
                break
            except FileNotFoundError:
                if tries == _TRIES - 1:
                    raise
        for folder in path.parents[: len(path.relative_to(self._root).parts)]:
            sync_folder(folder)

    @contextmanager
    def _written(self, write: Callable[[BinaryIO], object]) -> Iterator[Path]:
        """A file that the disk has, under a name of its own; it is gone after the block, if it is still there."""
        folder = self._root / _HALF
        make_folder(folder)
        half = folder / uuid.uuid4().hex
        try:
            with half.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            yield half
        finally:
            half.unlink(missing_ok=True)

    def _below(self, folder: str) -> Iterator[Entry]:
        try:
            entries = sorted(os.scandir(self._root / folder), key=lambda entry: entry.name)
        except FileNotFoundError:  # nothing was ever kept there, or it was deleted meanwhile
            return
        for entry in entries:
            key = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if key != _HALF:
                    yield from self._below(f"{key}/")
                continue
            with suppress(FileNotFoundError):  # it was deleted meanwhile
                status = entry.stat()
                yield Entry(key, status.st_size, _time(status))

    def _forget_empty(self, folder: Path) -> None:
        """Removes a folder that holds nothing any more, and those above it that now do not either."""
        while folder != self._root:
            try:
                folder.rmdir()
            except OSError:  # somebody keeps something in it, or removed it already: either is fine
                return
            folder = folder.parent

    def _away(self, error: OSError, doing: str, needed: int | None = None) -> AoiError:
        return self._error(
            disk.trouble(error, self._root, f"{self._what} {doing}", needed=needed), hint=disk.way_out(error)
        )


def _time(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)
