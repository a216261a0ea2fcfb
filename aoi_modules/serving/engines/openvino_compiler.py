"""Frozen graphs compiled by OpenVINO, on the threads that serve best."""

import atexit
import statistics
import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from aoi_modules.errors import ModelError
from aoi_modules.first_line import first_line
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.engines.openvino_graph import Graph, names
from aoi_modules.serving.engines.openvino_resize import AsTheyAre, Fit, Resized, cut

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


@dataclass(frozen=True)
class Compiled:
    """A frozen graph, ready to run.

    Args:
        fit: makes the network's inputs of pictures.
        graphs: the network for falling numbers of rows, the last of them 1. A graph whose number of rows is open would
            prepare itself anew whenever it changes, which costs a third of a small network's time.
    """

    fit: Fit
    graphs: Sequence[Graph]


class Compiler:
    """Reads and compiles frozen graphs, one after the other.

    Graphs that are measured side by side would slow each other down; and two that ran for the first time at once were
    seen to wait for each other for ever (OpenVINO 2026.4). All loads use the same threads: what new threads allocate
    lies scattered, and memory would grow by a fifth.
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._threads = ThreadPoolExecutor(COPIES, thread_name_prefix="compile")

    def compiled(self, file: Path, manifest: Manifest, ports: Collection[str], *, threads: int) -> Compiled:
        """Compiles a frozen graph.

        Args:
            file: `pixels.pb` of a servable.
            manifest: whose picture and features the graph takes.
            ports: names of the inputs and outputs that it has to have.
            threads: that share the work of one call; 0 measures whether several are worth it.

        Raises:
            ModelError: OpenVINO cannot read it, or it has other inputs or outputs.
        """
        import openvino

        core = openvino.Core()
        with self._one_at_a_time:
            try:
                model = core.read_model(file)
                if missing := sorted(set(ports).difference(*map(names, (*model.inputs, *model.outputs)))):
                    raise ModelError(f"{file}: has no input or output {', '.join(missing)}")
                return self._compiled(core, model, manifest, threads)
            except RuntimeError as error:
                raise ModelError(f"{file}: OpenVINO cannot read the graph: {first_line(error)}") from None

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()

    def _compiled(self, core: Any, model: Any, manifest: Manifest, threads: int) -> Compiled:
        """The graph on the threads that serve best."""
        cores = int(core.get_property("CPU", "RANGE_FOR_STREAMS")[1])
        picture = manifest.picture
        if picture.height * picture.width > LARGE:
            return Compiled(AsTheyAre(), [self._graph(core, model, 1, threads or cores, cores)])
        fit: Fit = AsTheyAre()
        if parts := cut(model):
            resize, sizes = parts
            fit = Resized(self._graph(core, resize, 1, 1, cores), sizes, picture.channels)
        alone = self._graph(core, model, 1, threads or 1, cores)
        sample = fit.batch([np.zeros((picture.height, picture.width, picture.channels), np.uint8)])
        if manifest.features:
            sample[layout.FEATURES] = np.zeros((1, len(manifest.features)), np.float32)
        slow = 0.0 if threads or cores == 1 else _seconds(alone, sample)
        if slow > SPREAD_SECONDS:
            shared = self._graph(core, model, 1, cores, cores)
            if _seconds(shared, sample) * SPREAD_GAIN < slow:
                return Compiled(fit, [self._graph(core, model, ROWS, cores, cores), shared])
        return Compiled(fit, [self._graph(core, model, ROWS, threads or 1, cores), alone])

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


def _seconds(graph: Graph, sample: Arrays) -> float:
    """What one picture takes: the median of a few, after one that is not counted."""
    durations = []
    for _ in range(4):
        began = time.perf_counter()
        graph.run(sample, {})
        durations.append(time.perf_counter() - began)
    return statistics.median(durations[1:])
