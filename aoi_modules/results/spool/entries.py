"""One entry of the spool as bytes: a record, and perhaps the picture that it is about. Pure.

An entry is a head of six numbers (mark, length of record and picture, CRC-32C of both, CRC-32C of the head) and the
two. Whoever is interested in records alone passes the picture by without reading it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import google_crc32c

_HEAD = struct.Struct("<4sIIIII")
_MARK = b"AOI1"


class Damaged(Exception):
    """What stands at `offset` is no whole entry: the rest of one that a crash cut off, or a damaged file."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"no whole entry at byte {offset}")
        self.offset = offset


@dataclass(frozen=True)
class Entry:
    """One entry.

    Args:
        record: encoded.
        picture: as it came; empty for none, and where it was passed by.
        end: offset of the byte behind it in its file.
    """

    record: bytes
    picture: bytes
    end: int


def encode(record: bytes, picture: bytes = b"") -> list[bytes]:
    """Writes an entry as buffers that belong behind each other."""
    fields = (_MARK, len(record), len(picture), _crc(record), _crc(picture))
    head = _HEAD.pack(*fields, 0)[:-4]
    return [head + struct.pack("<I", _crc(head)) + record, *([picture] if picture else [])]


def read_entries(file: BinaryIO, start: int, stop: int, *, pictures: bool) -> Iterator[Entry]:
    """Reads entry after entry.

    Args:
        file: of entries.
        start: offset of the first one.
        stop: nothing from here on is read.
        pictures: whether to read them, too.

    Raises:
        Damaged: what stands somewhere before `stop` is no whole entry.
    """
    at = start
    while at < stop:
        file.seek(at)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise Damaged(at)
        mark, record_size, picture_size, record_crc, picture_crc, head_crc = _HEAD.unpack(head)
        end = at + _HEAD.size + record_size + picture_size
        if mark != _MARK or _crc(head[:-4]) != head_crc or end > stop:
            raise Damaged(at)
        record = file.read(record_size)
        picture = file.read(picture_size) if pictures else b""
        if _crc(record) != record_crc or (pictures and _crc(picture) != picture_crc):
            raise Damaged(at)
        yield Entry(record, picture, end)
        at = end


def find_entry(file: BinaryIO, start: int, stop: int) -> int | None:
    """Finds the offset of the next head of an entry, behind something damaged; None if there is no more."""
    file.seek(start)
    content = file.read(stop - start)
    at = content.find(_MARK)
    while at >= 0:
        head = content[at : at + _HEAD.size]
        if len(head) == _HEAD.size and _crc(head[:-4]) == _HEAD.unpack(head)[-1]:
            return start + at
        at = content.find(_MARK, at + 1)
    return None


def _crc(content: bytes) -> int:
    return int(google_crc32c.value(content))
