"""Frozen graphs compiled by OpenVINO, on the threads that serve best."""

import atexit
import queue
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError, first_line
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.serving.engine import Arrays
from aoi_modules.wire.tensors import Array

ROWS = 4
"""Pictures that are computed at once. More of them are hardly faster on a CPU, and take more memory."""
LARGE = 2**22
"""Pixels of a picture that is computed alone, on all cores: several at once would take several times its memory."""
COPIES = 4
"""How many times a graph is compiled, so that calls run side by side. With one stream each, a call is computed by the
thread that makes it. Several streams of one graph have threads of their own, and each hand-over to them costs a tenth
of a millisecond."""
SPREAD_SECONDS = 0.005
"""A picture that takes longer on one thread may be worth the threads of several cores."""
SPREAD_GAIN = 1.5
"""Several threads share a call only if that makes it so many times faster: together they do less than each alone."""


class Graph:
    """The frozen graph, compiled for a number of rows. Many threads may run it, each with a request of its own.

    Args:
        compiled: by OpenVINO, once or several times alike.
        rows: pictures of a call.
        streams: of each of them, which are the calls that it runs at once.
    """

    def __init__(self, compiled: Sequence[Any], rows: int, streams: int) -> None:
        self.rows = rows
        # The inputs and outputs have the names of TensorFlow's tensors; they have the same places in all of them.
        ports = (*enumerate(compiled[0].inputs), *enumerate(compiled[0].outputs))
        self._places = {name.removesuffix(":0"): place for place, port in ports for name in port.get_names()}
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for one in (one for _ in range(streams) for one in compiled):
            self._idle.put(one.create_infer_request())

    @property
    def names(self) -> set[str]:
        """The names of its inputs and outputs."""
        return set(self._places)

    def run(self, inputs: Arrays, outputs: Mapping[str, NDArray[np.float32]]) -> None:
        """Computes `rows` rows.

        Args:
            inputs: uint8 (rows, h, w, C) under `image` and perhaps float32 (rows, F) under `features`, each in one
                piece of memory.
            outputs: {head: float32 (rows, K)}; the scores are written into them.
        """
        request = self._idle.get()
        try:
            fed = {self._places[name]: array for name, array in inputs.items()}
            results = request.infer(fed, share_inputs=True, share_outputs=True)
            for name, answer in outputs.items():
                answer[:] = results[self._places[name]]
        finally:
            self._idle.put(request)


class Compiler:
    """Reads and compiles frozen graphs, one after the other.

    Graphs that are measured side by side would slow each other down; and two that ran for the first time at once were
    seen to wait for each other for ever (OpenVINO 2026.4). All loads use the same threads: what new threads allocate
    lies scattered, and memory would grow by a fifth.
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._threads = ThreadPoolExecutor(COPIES, thread_name_prefix="compile")

    def graphs(self, file: Path, manifest: Manifest, *, threads: int) -> list[Graph]:
        """Compiles a frozen graph for falling numbers of rows, the last of them 1.

        Args:
            file: `pixels.pb` of a servable.
            manifest: whose picture and features the graph takes.
            threads: that share the work of one call; 0 measures whether several are worth it.

        Raises:
            ModelError: OpenVINO cannot read it.
        """
        import openvino

        core = openvino.Core()
        with self._one_at_a_time:
            try:
                return self._compiled(core, core.read_model(file), manifest, threads)
            except RuntimeError as error:
                raise ModelError(f"{file}: OpenVINO cannot read the graph: {first_line(error)}") from None

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()

    def _compiled(self, core: Any, model: Any, manifest: Manifest, threads: int) -> list[Graph]:
        """The graph on the threads that serve best."""
        cores = int(core.get_property("CPU", "RANGE_FOR_STREAMS")[1])
        if manifest.picture.height * manifest.picture.width > LARGE:
            return [self._graph(core, model, 1, threads or cores, cores)]
        alone = self._graph(core, model, 1, threads or 1, cores)
        slow = 0.0 if threads or cores == 1 else _seconds(alone, manifest)
        if slow > SPREAD_SECONDS:
            shared = self._graph(core, model, 1, cores, cores)
            if _seconds(shared, manifest) * SPREAD_GAIN < slow:
                return [self._graph(core, model, ROWS, cores, cores), shared]
        return [self._graph(core, model, ROWS, threads or 1, cores), alone]

    def _graph(self, core: Any, model: Any, rows: int, threads: int, cores: int) -> Graph:
        """The graph for a number of rows: each call on so many threads, and calls side by side on all cores."""
        at_once = max(1, cores // threads)
        copies = min(at_once, COPIES)
        streams = at_once // copies
        hints = {
            "INFERENCE_NUM_THREADS": threads * streams,
            "NUM_STREAMS": streams,
            # On some CPUs the default is a shorter format than float32, whose scores would differ.
            "INFERENCE_PRECISION_HINT": "f32",
            # Other processes need the cores, too.
            "ENABLE_CPU_PINNING": False,
        }
        model.reshape({port: [rows, *list(port.partial_shape)[1:]] for port in model.inputs})
        compiled = list(self._threads.map(lambda _: core.compile_model(model, "CPU", hints), range(copies)))
        return Graph(compiled, rows, streams)


@cache
def compiler() -> Compiler:
    """The compiler of this process, made when the first graph is loaded and closed when the process ends."""
    made = Compiler()
    atexit.register(made.close)
    return made


def _seconds(graph: Graph, manifest: Manifest) -> float:
    """What one picture takes: the median of a few, after one that is not counted."""
    picture = manifest.picture
    inputs: dict[str, Array] = {layout.IMAGE: np.zeros((1, picture.height, picture.width, picture.channels), np.uint8)}
    if manifest.features:
        inputs[layout.FEATURES] = np.zeros((1, len(manifest.features)), np.float32)
    durations = []
    for _ in range(4):
        began = time.perf_counter()
        graph.run(inputs, {})
        durations.append(time.perf_counter() - began)
    return statistics.median(durations[1:])
