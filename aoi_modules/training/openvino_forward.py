"""A frozen backbone on OpenVINO: several blocks at once, each on cores of its own. The only module that knows it."""

import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

import numpy as np

from aoi_modules.errors import MissingExtra, ModelError
from aoi_modules.tf import tf
from aoi_modules.training.forward import Block, Write

EXTRA = "openvino"
FILE = "backbone.pb"


def installed() -> bool:
    """Whether the package is there; does not import it."""
    return find_spec("openvino") is not None


class OpenVinoForward:
    """A backbone compiled for this machine's CPU and one batch size; a smaller last block is filled up.

    Args:
        frozen: concrete function whose variables are constants, see `forward.frozen`.
        batch: pictures of a block.

    Raises:
        MissingExtra: OpenVINO is not installed.
        ModelError: it cannot read the graph.
    """

    def __init__(self, frozen: Any, batch: int) -> None:
        if not installed():
            raise MissingExtra("OpenVINO as the engine of features", package="openvino", extra=EXTRA)
        import openvino

        self.name = f"OpenVINO {openvino.__version__.partition('-')[0]}"
        self.batch = batch
        self._openvino = openvino
        try:
            with tempfile.TemporaryDirectory() as folder:
                tf.io.write_graph(frozen.graph.as_graph_def(), folder, FILE, as_text=False)
                core = openvino.Core()
                model = core.read_model(f"{folder}/{FILE}")
                model.reshape([batch, *frozen.inputs[0].shape[1:]])
                # float32: on some CPUs the default is a shorter format, whose features would differ.
                hints = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
                self._compiled = core.compile_model(model, "CPU", hints)
        except RuntimeError as error:
            raise ModelError(f"OpenVINO cannot read the backbone: {error}") from None

    def __call__(self, block: Block) -> Block:
        features: Block = np.array(self._compiled(self._full(block))[0][: len(block)])
        return features

    def run(self, blocks: Iterable[tuple[int, Block]], write: Write) -> None:
        """Keeps as many blocks going as OpenVINO likes.

        Raises:
            Exception: the first error of `write`, when all blocks are done.
        """
        failures: list[Exception] = []

        def done(request: Any, started: tuple[int, int, Block]) -> None:
            row, count, _ = started  # the block itself stays alive until here: the engine reads it in place
            try:
                write(row, request.get_output_tensor(0).data[:count])
            except Exception as error:  # an error in a callback would end the process
                failures.append(error)

        queue = self._openvino.AsyncInferQueue(self._compiled)
        queue.set_callback(done)
        try:
            for row, block in blocks:
                if failures:
                    break
                full = self._full(block)
                queue.start_async(full, userdata=(row, len(block), full), share_inputs=True)
        finally:
            queue.wait_all()
        if failures:
            raise failures[0]

    def _full(self, block: Block) -> Block:
        missing = self.batch - len(block)
        return block if missing == 0 else np.concatenate([block, np.zeros((missing, *block.shape[1:]), np.float32)])
