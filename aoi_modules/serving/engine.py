"""What the server asks of an engine: load a version directory, tell its signatures, run one of them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.tensors import Array

Arrays = Mapping[str, Array]
"""Inputs by name; of any shape and dtype that the signature states."""


class EngineName(StrEnum):
    """The values of --engine that load models in this process; `engines.choice` has the loader of each."""

    AUTO = "auto"
    OPENVINO = "openvino"
    TENSORFLOW = "tensorflow"


class Engine(Protocol):
    """One loaded model version. `run` may be called from many threads at once."""

    @property
    def name(self) -> str:
        """Which engine it is: `tensorflow` or `openvino`."""

    @property
    def signatures(self) -> Mapping[str, SignatureDef]:
        """The signatures by name, as the SavedModel states them."""

    @property
    def batch_rows(self) -> int:
        """How many rows a batch is worth: with more of them, a row takes as long."""

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, Array]:
        """Computes the named outputs of one signature.

        Args:
            signature: one of `signatures`.
            inputs: one array for each input of the signature, strings as object arrays of bytes.
            outputs: names of the outputs to compute, each known to the signature.

        Returns:
            {output: array of the dtype that the signature states}; of our own servables float32 (N, K).

        Raises:
            RpcError: the model refuses the inputs; canonical code and the engine's words.
        """

    def close(self) -> None:
        """Gives memory back. Nobody runs the engine any more."""


class EngineLoader(Protocol):
    """What loads version directories for one engine."""

    def __call__(self, path: Path) -> Engine:
        """Loads a version directory.

        Raises:
            AoiError: it is none that the engine reads.
        """
