"""One inference: what a request asks of its model, and how the outputs become the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Outputs
from aoi_modules.wire.messages import SignatureDef

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Inference(Generic[Answer]):
    """One run of one signature for one request.

    Args:
        signature: which of the model's.
        inputs: an array for each input, strings as object arrays of bytes; not yet compared with the signature.
        outputs: names of the outputs to compute; all of them when there is none.
        write: makes the answer of the outputs.
    """

    signature: SignatureDef
    inputs: Arrays
    outputs: Sequence[str]
    write: Callable[[Outputs], Answer]
