"""`aoi serve` with an engine that answers at once: what is left is the server's own share.

    .venv/bin/python -m benchmarks.instant_server --model_name tile --model_base_path models/tile --port 8500

Pictures are not even decoded, which is the engine's work, too.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules import cli
from aoi_modules.modelstore import signatures
from aoi_modules.serving import server
from aoi_modules.serving.engine import Arrays
from aoi_modules.wire.messages import SignatureDef


class InstantEngine:
    """Scores of 0 for every row."""

    name = "none"
    batch_rows = 4

    def __init__(self, signatures: Mapping[str, SignatureDef]) -> None:
        self.signatures = signatures

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        rows = len(next(iter(inputs.values()), ()))
        widths = {name: signature.outputs[name].tensor_shape.dim[1].size for name in outputs}
        return {name: np.zeros((rows, width), np.float32) for name, width in widths.items()}

    def close(self) -> None:
        pass


def main() -> None:
    def load(path: Path) -> InstantEngine:
        return InstantEngine(signatures.read(path))

    server.engine_loader = lambda *_, **__: load  # type: ignore[attr-defined]  # the name that the server calls
    sys.argv = ["aoi", "serve", *sys.argv[1:]]
    cli.main()


if __name__ == "__main__":
    main()
