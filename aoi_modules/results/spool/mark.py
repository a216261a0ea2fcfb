"""How far a follower of the spool has come: a position in a small file."""

import os
import re
from pathlib import Path
from typing import NamedTuple

_TEXT = re.compile(r"(\d+) (\d+)\n")


class Position(NamedTuple):
    """A place in the spool. Positions rise."""

    segment: int
    offset: int


START = Position(0, 0)


class Mark:
    """The mark of one follower.

    The file is written without waiting for the disk: a mark that is lost means that entries are read twice, which
    every follower bears. It is written in its place and never renamed: file systems that bring a file to the disk
    before it takes another's name would hold up the event loop, for a quarter of a second where the disk is busy.

    Args:
        path: of the file; without it, or where it is damaged, the follower starts with the oldest entry.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.position = _read(path)

    def move(self, position: Position) -> None:
        """Remembers that everything before a position is done."""
        self.position = position
        content = f"{position.segment:010} {position.offset:020}\n".encode()  # as long as the last one
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o640)
            try:
                os.pwrite(descriptor, content, 0)
                if os.fstat(descriptor).st_size != len(content):  # it was damaged
                    os.ftruncate(descriptor, len(content))
            finally:
                os.close(descriptor)
        except OSError:  # a full disk must not keep followers from making room; the next move tries again
            return


def _read(path: Path) -> Position:
    try:
        match = _TEXT.fullmatch(path.read_text())
    except (OSError, UnicodeDecodeError):  # a power cut may leave anything of a file that was not waited for
        return START
    return Position(int(match[1]), int(match[2])) if match else START
