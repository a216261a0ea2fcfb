"""The file that the spool is appended to, and the names of such files."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.errors import SpoolFull
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import sync_folder

_NAME = re.compile(r"(\d{10})\.spool")
_AT_ONCE = 512
"""Buffers a call; systems take 1,024."""


class Segment:
    """One file that grows.

    Args:
        path: it must not exist.
        sync: whether a power cut may not take the file away from its folder.
    """

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        self.path = path
        self.size = 0
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        except OSError as error:
            raise full(path, error) from None
        try:
            if sync:
                sync_folder(path.parent)
        except OSError as error:
            self.close()
            path.unlink(missing_ok=True)  # or the next try would find it there
            raise full(path, error) from None

    def append(self, buffers: Sequence[bytes]) -> int:
        """Writes buffers behind each other without waiting for the disk, and gives the new size.

        Raises:
            SpoolFull: the disk did not take them; the file is as before.
        """
        start = self.size
        try:
            for first in range(0, len(buffers), _AT_ONCE):
                self._write(buffers[first : first + _AT_ONCE])
        except OSError as error:
            self._back_to(start)
            raise full(self.path, error) from None
        return self.size

    def wait_for_disk(self, start: int) -> None:
        """Waits until the disk has all that was written.

        Args:
            start: the size of the file that is right if the disk does not take what is behind.

        Raises:
            SpoolFull: it did not; the file has its size of `start` again.
        """
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            self._back_to(start)
            raise full(self.path, error) from None

    def close(self) -> None:
        """Ends the writing."""
        os.close(self._descriptor)

    def _write(self, buffers: Sequence[bytes]) -> None:
        left = [memoryview(buffer) for buffer in buffers]
        while left:
            written = os.pwritev(self._descriptor, left, self.size)
            self.size += written
            while left and written >= len(left[0]):
                written -= len(left.pop(0))
            if left:
                left[0] = left[0][written:]

    def _back_to(self, size: int) -> None:
        self.size = size
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:  # a disk that takes no write may take no cut either; what is behind is overwritten or damaged
            return


def segment_path(folder: Path, number: int) -> Path:
    """Where a segment lies."""
    return folder / f"{number:010}.spool"


def segment_size(folder: Path, number: int) -> int:
    """The bytes of a segment; 0 where somebody deleted it by hand."""
    try:
        return segment_path(folder, number).stat().st_size
    except FileNotFoundError:
        return 0


def segments(folder: Path) -> list[int]:
    """The numbers of all segments in a folder, rising."""
    return sorted(int(match[1]) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name)))


def full(path: Path, error: OSError) -> SpoolFull:
    """The error for a disk that takes nothing."""
    return SpoolFull(disk.trouble(error, path, "cannot be written"), hint=disk.way_out(error))
