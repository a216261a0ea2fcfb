"""TFRecord files, which hold warm-up requests. A record is a length, its checksum, the data and their checksum."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import google_crc32c

from aoi_modules.errors import WireError


def _masked_crc(data: bytes) -> int:
    """CRC-32C, rotated and shifted, so that a checksum of data that holds checksums stays strong."""
    crc: int = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def write_records(path: Path, records: Iterable[bytes]) -> None:
    """Writes a file of records, in the order given; an existing file is replaced."""
    with path.open("wb") as file:
        for record in records:
            length = struct.pack("<Q", len(record))
            file.write(length + struct.pack("<I", _masked_crc(length)))
            file.write(record + struct.pack("<I", _masked_crc(record)))


def read_records(path: Path) -> Iterator[bytes]:
    """Yields the records of a file in order; each is read and checked when it is asked for.

    Raises:
        WireError: the file is truncated or a checksum is wrong.
    """
    with path.open("rb") as file:
        while header := file.read(12):
            length = struct.unpack("<Q", header[:8])[0] if len(header) == 12 else -1
            if length < 0 or _masked_crc(header[:8]) != struct.unpack("<I", header[8:])[0]:
                raise WireError(f"{path}: not a TFRecord file, or damaged at byte {file.tell() - len(header)}")
            body = file.read(length + 4)
            if len(body) != length + 4 or _masked_crc(body[:-4]) != struct.unpack("<I", body[-4:])[0]:
                raise WireError(f"{path}: record damaged at byte {file.tell() - len(body)}")
            yield body[:-4]
