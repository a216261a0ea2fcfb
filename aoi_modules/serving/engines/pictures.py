"""Pictures in a request to an engine without TensorFlow: decoded by `pictures`, and refused as a server refuses."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import NotAPicture
from aoi_modules.pictures import decoding
from aoi_modules.pictures.header import Header
from aoi_modules.wire.status import invalid


def read(encoded: object, channels: int) -> NDArray[np.uint8]:
    """Reads one picture of a request: uint8 (1, h, w, channels).

    Args:
        encoded: what stands in the request.
        channels: 3, or 1 for gray levels by the formula of `datasets.decoding.gray`.

    Raises:
        RpcError: INVALID_ARGUMENT, it is no picture that is read, by the sentence of `pictures.formats`.
    """
    if not isinstance(encoded, bytes):
        raise invalid(f"image: expected the bytes of a picture. Received: {type(encoded).__name__}")
    try:
        header = decoding.read_header(encoded)
    except NotAPicture as error:
        raise invalid(error.message) from None
    return decode(encoded, channels, header)


def decode(accepted: bytes, channels: int, header: Header | None = None) -> NDArray[np.uint8]:
    """Decodes the bytes of a PNG, JPEG or BMP file to uint8 (1, h, w, channels).

    Args:
        accepted: a file that is read; see `read`.
        channels: 3 or 1.
        header: of the file, where it is known.

    Raises:
        RpcError: INVALID_ARGUMENT, the picture is damaged.
    """
    try:
        return decoding.decode_accepted(accepted, header, channels)[np.newaxis]
    except NotAPicture as error:
        raise invalid(error.message) from None
