"""An engine that computes nothing: it repeats the golden scores of a servable for its golden pictures.

With it a line can be tried out without any network. ARCHITECTURE.md, "An engine", makes this a module of
aoi_modules/serving/engines/.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.modelstore import layout, signatures
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.engine import Arrays
from aoi_modules.wire.messages import SignatureDef


class ReplayEngine:
    """The golden samples of one version directory."""

    name = "replay"
    batch_rows = 1

    def __init__(self, path: Path) -> None:
        self.signatures = {layout.DEFAULT_SIGNATURE: signatures.read(path)[layout.DEFAULT_SIGNATURE]}
        self._truth = Golden.read(path)

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The scores of golden pictures, float32 (N, K) for each output.

        Raises:
            RpcError: one of the N pictures is none.
        """
        try:
            rows = [self._truth.pictures.index(picture) for picture in inputs[layout.IMAGE]]
        except ValueError:
            raise RpcError("INVALID_ARGUMENT", "image: expected golden pictures of this servable") from None
        return {name: self._truth.scores[name][rows] for name in outputs}

    def close(self) -> None:
        """Has nothing to give back."""
