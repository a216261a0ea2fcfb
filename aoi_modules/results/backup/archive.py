"""One file with many inside: a tar archive that ends with `SHA256SUMS`, written whole or not at all.

`tar xf FILE && sha256sum -c SHA256SUMS` proves one without this package. Members are written and read one after the
other, so memory stays small however many there are.
"""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from aoi_modules.errors import ResultsError
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import sync_folder

SUMS = "SHA256SUMS"
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 2**20
_END = bytes(2 * _BLOCK)


class Writer:
    """Writes members behind each other; see `written`.

    Args:
        file: of the archive, without a buffer.
        sums: a file for the list of checksums, as long as it grows; likewise.
        out: what the archive will be called, for errors.
    """

    def __init__(self, file: IO[bytes], sums: IO[bytes], out: Path) -> None:
        self._file = file
        self._sums = sums
        self._out = out
        self.size = 0

    def add(self, name: str, content: bytes) -> None:
        """Adds a member.

        Raises:
            ResultsError: the disk does not take it.
        """
        self._add(name, len(content), iter([content]))

    def add_file(self, name: str, path: Path) -> None:
        """Adds a file as a member.

        Raises:
            ResultsError: it cannot be read, or the disk does not take it.
        """
        try:
            with path.open("rb") as file:
                self._add(name, os.fstat(file.fileno()).st_size, iter(lambda: file.read(_CHUNK), b""))
        except OSError as error:
            raise ResultsError(disk.trouble(error, path, "cannot be read")) from None

    def finish(self) -> None:
        """Adds the list of checksums; the disk has all of it on return.

        Raises:
            ResultsError: the disk does not take it.
        """
        size = self._sums.tell()
        self._sums.seek(0)
        try:
            self._write(SUMS, size, iter(lambda: self._sums.read(_CHUNK), b""))
            _pour(_END, self._file)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _not_written(self._out, error) from None

    def _add(self, name: str, size: int, chunks: Iterator[bytes]) -> None:
        try:
            digest = self._write(name, size, chunks)
            _pour(_line(digest, name), self._sums)
        except OSError as error:
            raise _not_written(self._out, error) from None

    def _write(self, name: str, size: int, chunks: Iterator[bytes]) -> str:
        """Writes head, content and padding; gives the content's checksum."""
        head = tarfile.TarInfo(name)
        head.size = size
        digest = hashlib.sha256()
        _pour(head.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict"), self._file)
        left = size
        for chunk in chunks:
            digest.update(chunk)
            _pour(chunk, self._file)
            left -= len(chunk)
        if left:
            raise ResultsError(f"{name}: changed while it was read", hint="try again")
        _pour(bytes(-size % _BLOCK), self._file)
        self.size += size
        return digest.hexdigest()


@contextmanager
def written(out: Path) -> Iterator[Writer]:
    """Writes an archive, which gets its name at the end of the block; a block that fails leaves nothing.

    Raises:
        ResultsError: there is a file of that name, or it cannot be written.
    """
    if out.exists():
        raise ResultsError(f"{out}: there is such a file already", hint="name another one, or delete it")
    temporary = out.with_name(f".{out.name}.part")
    with ExitStack() as opened:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            opened.callback(temporary.unlink, missing_ok=True)
            # without buffers: what a full disk does not take would come again when they are closed
            file = opened.enter_context(temporary.open("wb", buffering=0))
            sums = opened.enter_context(tempfile.TemporaryFile(dir=out.parent, buffering=0))
        except OSError as error:
            raise _not_written(out, error) from None
        writer = Writer(file, sums, out)
        yield writer
        writer.finish()
        _name(temporary, out)


class Member:
    """One file inside.

    Args:
        path: of the archive, for errors.
        file: of the archive, at the begin of the content.
        name: of the member.
        size: in bytes.
    """

    def __init__(self, path: Path, file: IO[bytes], name: str, size: int) -> None:
        self._path = path
        self._file = file
        self._left = self.size = size
        self._digest = hashlib.sha256()
        self.name = name

    def chunks(self) -> Iterator[bytes]:
        """What of the content was not read yet, in pieces.

        Raises:
            ResultsError: the archive ends within.
        """
        while self._left:
            chunk = self._file.read(min(self._left, _CHUNK))
            if not chunk:
                raise _cut_off(self._path)
            self._digest.update(chunk)
            self._left -= len(chunk)
            yield chunk

    def read(self) -> bytes:
        """The whole content, where it is small enough for memory; for errors see `chunks`."""
        return b"".join(self.chunks())

    def digest(self) -> str:
        """The checksum of all of it; for errors see `chunks`."""
        for _ in self.chunks():
            pass
        return self._digest.hexdigest()


def members(path: Path) -> Generator[Member]:
    """All members but the list of checksums, which what was read is compared with at the end.

    Whoever reads to the end without an error has read an archive that is whole. Each member may be read until the next
    one is asked for.

    Raises:
        ResultsError: the file cannot be read, is no archive of ours, is cut off or damaged.
    """
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for member in _walk(path, file):
                if member.name != SUMS:
                    yield member
                    found.update(_line(member.digest(), member.name))
                    continue
                start = file.tell()
                if member.digest() != found.hexdigest():
                    raise _damaged(path, start)
                return
    except OSError as error:
        raise ResultsError(disk.trouble(error, path, "cannot be read")) from None


def _walk(path: Path, file: IO[bytes]) -> Iterator[Member]:
    """All members from here on; there is no end but the list of checksums, which the caller knows."""
    while True:
        try:
            head = tarfile.TarInfo.frombuf(file.read(_BLOCK), "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError):
            raise _cut_off(path) if file.tell() > _BLOCK else _foreign(path) from None
        member = Member(path, file, head.name, head.size)
        yield member
        member.digest()
        file.seek(-member.size % _BLOCK, os.SEEK_CUR)


def _line(digest: str, name: str) -> bytes:
    """As `sha256sum` writes it."""
    return f"{digest}  {name}\n".encode()


def _damaged(path: Path, sums: int) -> ResultsError:
    """Says which member is not what it should be.

    Args:
        path: of the archive.
        sums: offset of its list of checksums.
    """
    with path.open("rb") as file, path.open("rb") as lines:
        lines.seek(sums)
        for member in _walk(path, file):
            if member.name == SUMS or lines.readline() != _line(member.digest(), member.name):
                break
    return ResultsError(f"{path}: {member.name} is damaged, so nothing of it is used", hint="take another backup")


def _cut_off(path: Path) -> ResultsError:
    return ResultsError(f"{path}: is cut off or damaged, so nothing of it is used", hint="take another backup")


def _foreign(path: Path) -> ResultsError:
    return ResultsError(f"{path}: expected a file that aoi results backup wrote")


def _not_written(out: Path, error: OSError) -> ResultsError:
    return ResultsError(disk.trouble(error, out, "cannot be written"), hint=disk.way_out(error))


def _pour(content: bytes, file: IO[bytes]) -> None:
    """Writes all of it; without buffers a file may take less at a time."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def _name(temporary: Path, out: Path) -> None:
    try:
        temporary.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise _not_written(out, error) from None
