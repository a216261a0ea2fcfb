"""The OpenVINO engine: the frozen graph of our own servables, on a CPU, without TensorFlow in the process.

The graph takes decoded pictures; the bytes of PNG and JPEG files are decoded beside it, and the manifest is answered
from its file. So the server shows the three signatures of the SavedModel, as TensorFlow would.
"""

import queue
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from aoi_modules.wire.messages import DATA_TYPES, SignatureDef

NAME = "openvino"
GRAPH = "assets.extra/pixels.pb"
IMAGE, FEATURES = "image", "features"
STRING, UINT8, FLOAT = (DATA_TYPES.index(name) for name in ("STRING", "UINT8", "FLOAT"))
SPREAD_SECONDS = 0.005
"""A picture that takes longer on one thread may be worth the threads of several cores."""
SPREAD_GAIN = 1.5
"""So much sooner must several threads answer, as they do less in all."""


class OpenVinoEngine:
    """One servable, ready to run. Each call that runs at the same time has a request of the compiled graph for itself.

    Args:
        compiled: the graph, compiled for this machine.
        signatures: of the SavedModel.
        manifest: whose picture says how many channels the graph takes.
        manifest_text: the bytes of its file.
    """

    name = NAME

    def __init__(
        self, compiled: Any, signatures: Mapping[str, SignatureDef], manifest: Manifest, manifest_text: bytes
    ) -> None:
        self.signatures = dict(signatures)
        self._compiled = compiled
        self._channels = manifest.picture.channels
        self._manifest_text = manifest_text
        self._ports = {name.removesuffix(":0"): port for port in _ports(compiled) for name in port.get_names()}
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Computes the named outputs; see `Engine.run`."""
        if IMAGE not in inputs:
            return {name: self._constant(signature, name) for name in outputs}
        if len({len(array) for array in inputs.values()}) > 1:
            sizes = ", ".join(f"{name} {len(array)}" for name, array in sorted(inputs.items()))
            raise RpcError("INVALID_ARGUMENT", f"inputs: expected one row for each picture. Received: {sizes}")
        if signature.inputs[IMAGE].dtype == STRING:
            return self._run_encoded(signature, inputs, outputs)
        return self._infer(inputs, outputs)

    def close(self) -> None:
        self._idle = queue.SimpleQueue()
        self._compiled = None

    def _run_encoded(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Decodes the pictures, and runs those of equal size together."""
        decoded = [pictures.decode(encoded, self._channels) for encoded in inputs[IMAGE]]
        groups: dict[tuple[int, ...], list[int]] = {}
        for row, picture in enumerate(decoded):
            groups.setdefault(picture.shape, []).append(row)
        widths = {name: signature.outputs[name].tensor_shape.dim[1].size for name in outputs}
        answers = {name: np.empty((len(decoded), width), np.float32) for name, width in widths.items()}
        for rows in groups.values():
            group = {name: array[rows] for name, array in inputs.items()}
            group[IMAGE] = np.concatenate([decoded[row] for row in rows]) if len(rows) > 1 else decoded[rows[0]]
            for name, values in self._infer(group, outputs).items():
                answers[name][rows] = values
        return answers

    def _infer(self, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        with self._request() as request:
            try:
                fed = {self._ports[name]: np.ascontiguousarray(array) for name, array in inputs.items()}
                results = request.infer(fed, share_inputs=True)
            except (RuntimeError, ValueError) as error:
                raise RpcError("INVALID_ARGUMENT", str(error)) from None
            return {name: results[self._ports[name]] for name in outputs}

    @contextmanager
    def _request(self) -> Iterator[Any]:
        try:
            request = self._idle.get_nowait()
        except queue.Empty:
            request = self._compiled.create_infer_request()
        try:
            yield request
        finally:
            self._idle.put(request)

    def _constant(self, signature: SignatureDef, name: str) -> NDArray[Any]:
        """The manifest. Other signatures without inputs, such as that of the initializer, compute no tensor."""
        if signature.outputs[name].dtype != STRING:
            raise RpcError("UNIMPLEMENTED", f"output {name} is not a dense tensor")
        return np.array(self._manifest_text, dtype=object)


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
    compiled = _compiled(path / GRAPH, threads, manifest)
    return OpenVinoEngine(compiled, signatures, manifest, (path / manifests.FILE_NAME).read_bytes())


def _compiled(file: Path, threads: int, manifest: Manifest) -> Any:
    import openvino

    core = openvino.Core()

    def on(count: int) -> Any:
        # float32: on some CPUs the default is a shorter format, whose scores would differ. One stream a core, so that
        # calls which run side by side do not wait for each other.
        streams = max(1, int(core.get_property("CPU", "RANGE_FOR_STREAMS")[1]) // count)
        hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": count * streams, "NUM_STREAMS": streams}
        return core.compile_model(model, "CPU", hints)

    try:
        model = core.read_model(file)
        cores = int(core.get_property("CPU", "RANGE_FOR_STREAMS")[1])
        alone = on(threads or 1)
        if threads or cores == 1:
            return alone
        slow = _seconds(alone, manifest)
        if slow < SPREAD_SECONDS:
            return alone
        shared = on(cores)
        return shared if _seconds(shared, manifest) * SPREAD_GAIN < slow else alone
    except RuntimeError as error:
        raise ModelError(f"{file}: OpenVINO cannot read the graph: {error}") from None


def _ports(compiled: Any) -> list[Any]:
    """The inputs and outputs of the graph; their names are those of TensorFlow's tensors."""
    return [*compiled.inputs, *compiled.outputs]


def _seconds(compiled: Any, manifest: Manifest) -> float:
    """What one picture takes: the median of a few, after one that is not counted."""
    picture = manifest.picture
    inputs: dict[str, Any] = {f"{IMAGE}:0": np.zeros((1, picture.height, picture.width, picture.channels), np.uint8)}
    if manifest.features:
        inputs[f"{FEATURES}:0"] = np.zeros((1, len(manifest.features)), np.float32)
    request = compiled.create_infer_request()
    request.infer(inputs)
    durations = []
    for _ in range(3):
        began = time.perf_counter()
        request.infer(inputs)
        durations.append(time.perf_counter() - began)
    return statistics.median(durations)


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
