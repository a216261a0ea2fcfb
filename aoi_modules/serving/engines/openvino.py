"""The OpenVINO engine: the frozen graph of our own servables, on a CPU, without TensorFlow in the process.

The graph takes decoded pictures; the bytes of PNG and JPEG files are decoded beside it, and the manifest is answered
from its file. So the server shows the three signatures of the SavedModel, as TensorFlow would.
"""

import itertools
import queue
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import MissingExtra, ModelError, RpcError
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.engines import pictures, saved_model
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.schema import DATA_TYPES

NAME = "openvino"
GRAPH = "assets.extra/pixels.pb"
IMAGE, FEATURES = "image", "features"
STRING, UINT8, FLOAT = (DATA_TYPES.index(name) for name in ("STRING", "UINT8", "FLOAT"))
ROWS = 4
"""Pictures that are computed at once: more of them are hardly sooner done on a CPU, and take more memory."""
COPIES = 4
"""So many times a graph is compiled, so that calls run side by side. With one stream each, a call is computed by the
thread that makes it; more streams of one graph hand it to their own, which costs a tenth of a millisecond."""
SPREAD_SECONDS = 0.005
"""A picture that takes longer on one thread may be worth the threads of several cores."""
SPREAD_GAIN = 1.5
"""So much sooner must several threads answer, as they do less in all."""


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
        """Of its inputs and outputs."""
        return set(self._places)

    def run(self, inputs: Arrays, outputs: Mapping[str, NDArray[np.float32]]) -> None:
        """Computes `rows` rows of inputs that lie in one piece, and writes each of the outputs to its place."""
        request = self._idle.get()
        try:
            fed = {self._places[name]: array for name, array in inputs.items()}
            results = request.infer(fed, share_inputs=True, share_outputs=True)
            for name, answer in outputs.items():
                answer[:] = results[self._places[name]]
        finally:
            self._idle.put(request)


class OpenVinoEngine:
    """One servable, ready to run.

    Args:
        graphs: the frozen graph for falling numbers of rows, the last of them 1. A graph whose number of rows is open
            would prepare itself anew whenever it changes, which costs a third of a small network's time.
        signatures: of the SavedModel.
        manifest: whose picture says how many channels the graph takes.
        manifest_text: the bytes of its file.
    """

    name = NAME

    def __init__(
        self,
        graphs: Sequence[Graph],
        signatures: Mapping[str, SignatureDef],
        manifest: Manifest,
        manifest_text: bytes,
    ) -> None:
        self.signatures = dict(signatures)
        self._graphs = list(graphs)
        self._channels = manifest.picture.channels
        self._manifest_text = manifest_text

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Computes the named outputs; see `Engine.run`."""
        if IMAGE not in inputs:
            return {name: self._constant(signature, name) for name in outputs}
        if len({len(array) for array in inputs.values()}) > 1:
            sizes = ", ".join(f"{name} {len(array)}" for name, array in sorted(inputs.items()))
            raise RpcError("INVALID_ARGUMENT", f"inputs: expected one row for each picture. Received: {sizes}")
        widths = {name: signature.outputs[name].tensor_shape.dim[1].size for name in outputs}
        answers = {name: np.empty((len(inputs[IMAGE]), width), np.float32) for name, width in widths.items()}
        if signature.inputs[IMAGE].dtype == STRING:
            self._run_encoded(inputs, answers)
        else:
            self._run_pixels({name: np.ascontiguousarray(array) for name, array in inputs.items()}, answers)
        return answers

    def close(self) -> None:
        self._graphs.clear()

    def _run_encoded(self, inputs: Arrays, answers: Mapping[str, NDArray[np.float32]]) -> None:
        """Decodes the pictures, and runs those of equal size that follow each other together."""
        decoded = [pictures.decode(encoded, self._channels) for encoded in inputs[IMAGE]]
        first = 0
        for _, group in itertools.groupby(decoded, key=lambda picture: picture.shape):
            alike = list(group)
            rows = slice(first, first + len(alike))
            part = {name: array[rows] for name, array in inputs.items()}
            part[IMAGE] = np.concatenate(alike) if len(alike) > 1 else alike[0]
            self._run_pixels(part, {name: answer[rows] for name, answer in answers.items()})
            first = rows.stop

    def _run_pixels(self, inputs: Arrays, answers: Mapping[str, NDArray[np.float32]]) -> None:
        """Runs the rows in parts for which there is a graph."""
        first, count = 0, len(inputs[IMAGE])
        for graph in self._graphs:
            while count - first >= graph.rows:
                rows = slice(first, first + graph.rows)
                try:
                    graph.run(
                        {name: array[rows] for name, array in inputs.items()},
                        {name: answer[rows] for name, answer in answers.items()},
                    )
                except (RuntimeError, ValueError) as error:
                    raise RpcError("INVALID_ARGUMENT", str(error)) from None
                first = rows.stop

    def _constant(self, signature: SignatureDef, name: str) -> NDArray[Any]:
        """The manifest. Other signatures without inputs, such as that of the initializer, compute no tensor."""
        if signature.outputs[name].dtype != STRING:
            raise RpcError("UNIMPLEMENTED", f"output {name} is not a dense tensor")
        return np.array(self._manifest_text, dtype=object)


# Graphs that are measured side by side would slow each other down; and two that ran for the first time at once were
# seen to wait for each other for ever (OpenVINO 2026.4).
_ONE_AT_A_TIME = threading.Lock()
_COMPILERS = ThreadPoolExecutor(COPIES, thread_name_prefix="compile")
"""The same threads for every load: what new ones allocate lies scattered, and memory would grow by a fifth."""


def load(path: Path, *, threads: int = 0) -> OpenVinoEngine:
    """Loads a servable of ours.

    Args:
        path: its version directory.
        threads: that share the work of one call; 0 measures whether several are worth it.

    Raises:
        MissingExtra: OpenVINO is not installed.
        ModelError: the directory is no servable of ours, its signatures are not as designed, or OpenVINO cannot read
            its graph.
    """
    if not (path / GRAPH).is_file() or not (path / manifests.FILE_NAME).is_file():
        raise ModelError(
            f"{path}: has no {GRAPH}, so it is no servable that OpenVINO can run",
            hint="--engine=tensorflow runs every SavedModel",
        )
    if find_spec("openvino") is None:
        raise MissingExtra("serving with OpenVINO", package="openvino", extra="openvino")
    manifest, signatures = manifests.read(path), saved_model.read_signatures(path)
    _check(path, signatures, manifest)
    with _ONE_AT_A_TIME:
        graphs = _graphs(path / GRAPH, threads, manifest)
    wanted = {*signatures["pixels"].inputs, *signatures["pixels"].outputs}
    if missing := sorted(wanted - graphs[0].names):
        raise ModelError(f"{path / GRAPH}: has no input or output {', '.join(missing)}")
    return OpenVinoEngine(graphs, signatures, manifest, (path / manifests.FILE_NAME).read_bytes())


def _graphs(file: Path, threads: int, manifest: Manifest) -> list[Graph]:
    import openvino

    core = openvino.Core()
    try:
        return _compiled(core, core.read_model(file), threads, manifest)
    except RuntimeError as error:
        raise ModelError(f"{file}: OpenVINO cannot read the graph: {error}") from None


def _compiled(core: Any, model: Any, threads: int, manifest: Manifest) -> list[Graph]:
    """The graph for falling numbers of rows, on the threads that serve best."""
    cores = int(core.get_property("CPU", "RANGE_FOR_STREAMS")[1])

    def on(count: int, rows: int) -> Graph:
        """The graph for a number of rows; each call on so many threads, and calls side by side on all cores."""
        at_once = max(1, cores // count)
        copies = min(at_once, COPIES)
        streams = at_once // copies
        hints = {
            "INFERENCE_NUM_THREADS": count * streams,
            "NUM_STREAMS": streams,
            # On some CPUs the default is a shorter format than float32, whose scores would differ.
            "INFERENCE_PRECISION_HINT": "f32",
            # The cores are not ours alone.
            "ENABLE_CPU_PINNING": False,
        }
        model.reshape({port: [rows, *list(port.partial_shape)[1:]] for port in model.inputs})
        compiled = list(_COMPILERS.map(lambda _: core.compile_model(model, "CPU", hints), range(copies)))
        return Graph(compiled, rows, streams)

    alone = on(threads or 1, 1)
    slow = 0.0 if threads or cores == 1 else _seconds(alone, manifest)
    if slow > SPREAD_SECONDS:
        shared = on(cores, 1)
        if _seconds(shared, manifest) * SPREAD_GAIN < slow:
            return [on(cores, ROWS), shared]
    return [on(threads or 1, ROWS), alone]


def _seconds(graph: Graph, manifest: Manifest) -> float:
    """What one picture takes: the median of a few, after one that is not counted."""
    picture = manifest.picture
    inputs: dict[str, NDArray[Any]] = {IMAGE: np.zeros((1, picture.height, picture.width, picture.channels), np.uint8)}
    if manifest.features:
        inputs[FEATURES] = np.zeros((1, len(manifest.features)), np.float32)
    durations = []
    for _ in range(4):
        began = time.perf_counter()
        graph.run(inputs, {})
        durations.append(time.perf_counter() - began)
    return statistics.median(durations[1:])


def _check(path: Path, signatures: Mapping[str, SignatureDef], manifest: Manifest) -> None:
    """Refuses a SavedModel that can do more than its frozen graph, or something else."""
    inputs = {FEATURES: (FLOAT, [-1, len(manifest.features)])} if manifest.features else {}
    encoded, pixels = (STRING, [-1]), (UINT8, [-1, -1, -1, manifest.picture.channels])
    wanted = {
        "serving_default": {IMAGE: encoded, **inputs},
        "pixels": {IMAGE: pixels, **inputs},
        manifests.SIGNATURE: {},
    }
    for name, expected in wanted.items():
        found = None if name not in signatures else _facts(signatures[name].inputs)
        if found != expected:
            raise ModelError(f"{path}: signature {name}: expected the inputs {expected}. Received: {found}")
    heads = {head.name for head in manifest.heads}
    for name in ("serving_default", "pixels"):
        if set(signatures[name].outputs) != heads:
            raise ModelError(f"{path}: signature {name}: expected the outputs {sorted(heads)}")
    others = [name for name in signatures if name not in wanted and signatures[name].inputs]
    if others:
        raise ModelError(f"{path}: the frozen graph has no signature {', '.join(others)}")


def _facts(infos: Mapping[str, Any]) -> dict[str, tuple[int, list[int]]]:
    return {name: (info.dtype, [dim.size for dim in info.tensor_shape.dim]) for name, info in infos.items()}
