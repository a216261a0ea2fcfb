"""Where memory did not suffice, for people: what was too large, how much was wanted, what to do. No TensorFlow."""

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aoi_modules.errors import AoiError, Argument, NotEnoughMemory
from aoi_modules.machine.disk import size

_RESOURCE_EXHAUSTED = 8
"""TensorFlow's code; it has the same one for a full disk."""
_SIGNS = re.compile(
    r"\bOOM\b|out of memory|\bbad_alloc\b|(?:failed|unable|not) (?:to )?(?:be )?allocate", re.IGNORECASE
)
_TENSOR = re.compile(r"OOM when allocating tensor with shape\[([\d,]*)\] and type (\w+)")
_ARRAY = re.compile(r"Unable to allocate .* for an array with shape (\(.*\)) and data type")
_BYTES = {"half": 2, "bfloat16": 2, "int16": 2, "uint8": 1, "int8": 1, "bool": 1, "double": 8, "int64": 8}
"""Of a number, as TensorFlow calls its type in that message; all others have four."""


@contextmanager
def enough_for(doing: str, way_out: str, arguments: Sequence[Argument] = ()) -> Iterator[None]:
    """Says in a sentence where memory did not suffice for the block; every other error passes through.

    Args:
        doing: what is done and how large it was: `training on pictures of 4000 x 3000`.
        way_out: what makes it smaller.
        arguments: that the way out names.

    Raises:
        NotEnoughMemory: always then.
    """
    try:
        yield
    except Exception as error:  # libraries say it by many kinds of errors; whatever else they say is passed on
        lacking = shortage(error)
        if lacking is None:
            raise
        raise NotEnoughMemory(
            f"memory does not suffice for {doing}: {lacking}", hint=way_out, arguments=arguments
        ) from error


def shortage(error: BaseException) -> str | None:
    """Says what there was no memory for; None of an error that is about something else.

    An error of ours is about what caused it, unless it says all of this already.
    """
    if isinstance(error, NotEnoughMemory):
        return None
    if isinstance(error, AoiError):
        cause = error.__cause__ or error.__context__
        return None if cause is None else shortage(cause)
    text = str(error)
    code = getattr(error, "error_code", None)  # of TensorFlow's errors
    by_code = code == _RESOURCE_EXHAUSTED and "space left" not in text
    by_words = (code is not None or isinstance(error, RuntimeError)) and _SIGNS.search(text)
    if not (isinstance(error, MemoryError) or by_code or by_words):
        return None
    if found := _TENSOR.search(text):
        shape = [int(side) for side in found[1].split(",") if side]
        return f"a tensor of shape ({', '.join(map(str, shape))}), {size(math.prod(shape) * _BYTES.get(found[2], 4))}"
    if found := _ARRAY.search(text):
        return f"an array of shape {found[1]}"
    return "the system gives no more"
