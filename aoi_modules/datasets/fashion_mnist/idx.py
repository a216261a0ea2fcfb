"""The IDX format of the MNIST family: a gzip file of a big-endian header and unsigned bytes."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import DataError

_UNSIGNED_BYTE = 0x08


def read(path: Path) -> NDArray[np.uint8]:
    """Reads an array: uint8, of the shape that the file's header says.

    Raises:
        DataError: the file is no gzip, no IDX of unsigned bytes, or has more or fewer bytes than its header says.
    """
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: expected a gzip file: {error}") from None
    if len(content) < 4 or content[:3] != bytes((0, 0, _UNSIGNED_BYTE)) or len(content) < 4 + 4 * content[3]:
        raise DataError(f"{path}: expected an IDX header of unsigned bytes. Received: {content[:4].hex() or 'nothing'}")
    dimensions = content[3]
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
    if values.size != math.prod(shape):
        raise DataError(f"{path}: expected {math.prod(shape)} values for shape {shape}. Received: {values.size}")
    return values.reshape(shape)
