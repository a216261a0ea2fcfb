"""A frozen graph as OpenVINO compiled it, for calls side by side."""

import queue
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.serving.engine import Arrays


class Graph:
    """A graph, compiled for a number of rows. Many threads may run it, each with a request of its own.

    Args:
        compiled: by OpenVINO, once or several times alike.
        rows: pictures of a call.
        streams: of each of them, which are the calls that it runs at once.
    """

    def __init__(self, compiled: Sequence[Any], rows: int, streams: int) -> None:
        from openvino import Tensor

        self.rows = rows
        self._tensor = Tensor
        # The inputs and outputs have the same places in all of them.
        ports = (*enumerate(compiled[0].inputs), *enumerate(compiled[0].outputs))
        self._places = {name: place for place, port in ports for name in names(port)}
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for one in (one for _ in range(streams) for one in compiled):
            self._idle.put(one.create_infer_request())

    def run(self, inputs: Arrays, outputs: Mapping[str, NDArray[np.float32]]) -> None:
        """Computes `rows` rows.

        Args:
            inputs: arrays (rows, ...) of the types and sizes that the graph takes.
            outputs: {name: float32 (rows, ...)}, or only the first rows; the results are written into them.
        """
        request = self._idle.get()
        try:
            # Arrays as tensors, and no dictionaries of OpenVINO's own: that spares a call some 30 microseconds.
            for name, array in inputs.items():
                writable = np.require(array, requirements=("C", "W"))  # what OpenVINO takes without a copy
                request.set_input_tensor(self._places[name], self._tensor(writable, shared_memory=True))
            request.infer()
            for name, answer in outputs.items():
                answer[:] = request.get_output_tensor(self._places[name]).data[: len(answer)]
        finally:
            self._idle.put(request)


def names(port: Any) -> set[str]:
    """The names of an input or output, as TensorFlow calls the operation that it belongs to."""
    return {name.removesuffix(":0") for name in port.get_names()}
