"""A frozen backbone on OpenVINO: several batches at once, each on cores of its own. The only module that knows it."""

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np

from aoi_modules.errors import MissingExtra, ModelError
from aoi_modules.first_line import first_line
from aoi_modules.tf import tf
from aoi_modules.training.features.forward import Block, Write

EXTRA = "openvino"
FILE = "backbone.pb"
BATCH = 16
"""Pictures at a time: few enough that a layer's maps stay near the core, measured faster than 64."""
AHEAD = 2
"""Batches that are started for each one that can be worked on."""


def installed() -> bool:
    """Says whether the package is there; does not import it."""
    return find_spec("openvino") is not None


class OpenVinoForward:
    """A backbone compiled for this machine's CPU and one batch size; blocks are cut to it, and their rest filled up.

    Args:
        frozen: concrete function whose variables are constants, see `forward.frozen`.
        batch: pictures at a time.

    Raises:
        MissingExtra: OpenVINO is not installed.
        ModelError: it cannot read the graph.
    """

    def __init__(self, frozen: Any, batch: int = BATCH) -> None:
        if not installed():
            raise MissingExtra("OpenVINO as the engine of features", package="openvino", extra=EXTRA)
        import openvino

        self.name = f"OpenVINO {openvino.__version__.partition('-')[0]}"
        self.batch = batch
        try:
            with tempfile.TemporaryDirectory() as folder:
                tf.io.write_graph(frozen.graph.as_graph_def(), folder, FILE, as_text=False)
                core = openvino.Core()
                model = core.read_model(f"{folder}/{FILE}")
                model.reshape([batch, *frozen.inputs[0].shape[1:]])
                # float32: on some CPUs the default is a shorter format, whose features would differ.
                # Large pictures come one by one: several at once would take several times their memory.
                hint = "THROUGHPUT" if batch > 1 else "LATENCY"
                hints = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": "f32"}
                self._compiled = core.compile_model(model, "CPU", hints)
                self._at_once = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        except RuntimeError as error:
            raise ModelError(f"OpenVINO cannot read the backbone: {first_line(error)}") from error

    def __call__(self, block: Block) -> Block:
        """Computes the features of a block; see `Forward`.

        Raises:
            ModelError: OpenVINO cannot compute them.
        """
        try:
            parts = [np.array(self._compiled(piece)[0][:count]) for _, count, piece in self._pieces(0, block)]
        except RuntimeError as error:
            raise ModelError(f"OpenVINO cannot run the backbone: {first_line(error)}") from error
        return np.concatenate(parts)

    def run(self, blocks: Iterable[tuple[int, Block]], write: Write) -> None:
        """Computes several batches at once; see `Forward.run`.

        More batches are started than OpenVINO works on at once, so that no core waits for this thread.
        """
        # No callbacks and no AsyncInferQueue: a callback's thread needs Python's lock after its last word, and a model
        # that is freed meanwhile holds that lock and waits for the thread, for ever.
        idle = [self._compiled.create_infer_request() for _ in range(AHEAD * self._at_once)]
        busy: deque[tuple[Any, int, int, Block]] = deque()

        def finish() -> None:
            request, row, count, _ = busy.popleft()  # the pictures stay alive until here: they are read in place
            request.wait()
            write(row, request.get_output_tensor(0).data[:count])
            idle.append(request)

        try:
            for place, block in blocks:
                for row, count, piece in self._pieces(place, block):
                    if not idle:
                        finish()
                    request = idle.pop()
                    request.start_async(piece, share_inputs=True)
                    busy.append((request, row, count, piece))
            while busy:
                finish()
        finally:
            for request, *_ in busy:
                request.wait()

    def _pieces(self, row: int, block: Block) -> Iterator[tuple[int, int, Block]]:
        """First row, number of pictures, and the pictures filled up to a whole batch."""
        for start in range(0, len(block), self.batch):
            piece = block[start : start + self.batch]
            missing = self.batch - len(piece)
            filling = np.zeros((missing, *block.shape[1:]), np.float32)
            yield row + start, len(piece), np.concatenate([piece, filling]) if missing else piece
