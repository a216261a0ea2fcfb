"""The signatures in a `saved_model.pb`, without TensorFlow.

The graph beside them, which can be large, is stepped over.
"""

from collections.abc import Iterator

from google.protobuf.message import DecodeError

from aoi_modules.errors import WireError
from aoi_modules.wire.messages import SignatureDef

# Numbers of fields: of SavedModel, of MetaGraphDef, and of the entries of a map.
_META_GRAPHS, _SIGNATURES, _KEY, _VALUE = 2, 5, 1, 2
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def read_signatures(content: bytes) -> dict[str, SignatureDef]:
    """Reads the signatures by name, as TensorFlow reports them.

    Args:
        content: of a whole `saved_model.pb`.

    Raises:
        WireError: it is damaged, or no SavedModel.
    """
    try:
        meta_graph = next(_parts(memoryview(content), _META_GRAPHS))
        entries = [(bytes(next(_parts(e, _KEY))), next(_parts(e, _VALUE))) for e in _parts(meta_graph, _SIGNATURES)]
        return {name.decode(): SignatureDef.FromString(bytes(value)) for name, value in entries}
    except (IndexError, StopIteration, ValueError, DecodeError) as error:
        raise WireError(f"damaged, no SavedModel of TensorFlow: {error}") from None


def _parts(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The content of each field of that number, in protobuf's format. IndexError, ValueError: the message is none."""
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        kind, size = tag & 7, 0
        if kind == _VARINT:
            _, at = _number(message, at)
        elif kind == _BYTES:
            size, at = _number(message, at)
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"a field of kind {kind}")
        if at + size > len(message):
            raise ValueError("its end is missing")
        if tag >> 3 == wanted and kind == _BYTES:
            yield message[at : at + size]
        at += size


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
