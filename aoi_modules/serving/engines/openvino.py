"""The OpenVINO engine: the frozen graph of our own servables, on a CPU, without TensorFlow in the process.

The graph takes decoded pictures; the bytes of PNG and JPEG files are decoded beside it, and the manifest is answered
from its file. So the server shows the three signatures of the SavedModel, as TensorFlow would.
"""

import itertools
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import MissingExtra, ModelError, RpcError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore import signatures as contract
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.serving.batching.merging import filled_up
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.engines import pictures
from aoi_modules.serving.engines.openvino_compiler import Compiled, compiler
from aoi_modules.serving.engines.openvino_resize import Picture
from aoi_modules.wire.messages import SignatureDef, TensorInfo
from aoi_modules.wire.tensors import STRING, Array

NAME = "openvino"


class OpenVinoEngine:
    """One servable, ready to run.

    Args:
        compiled: its frozen graph.
        signatures: of the SavedModel.
        manifest: whose picture says how many channels the graph takes.
        manifest_text: the bytes of its file.
    """

    name = NAME

    def __init__(
        self,
        compiled: Compiled,
        signatures: Mapping[str, SignatureDef],
        manifest: Manifest,
        manifest_text: bytes,
    ) -> None:
        self.signatures = dict(signatures)
        self._fit = compiled.fit
        self._graphs = list(compiled.graphs)
        self._channels = manifest.picture.channels
        self._manifest_text = manifest_text

    @property
    def batch_rows(self) -> int:
        """How many rows its largest graph computes at once; see `Engine.batch_rows`."""
        return self._graphs[0].rows

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, Array]:
        """Computes the named outputs; see `Engine.run`."""
        if layout.IMAGE not in inputs:
            return {name: self._constant(signature, name) for name in outputs}
        if len({len(array) for array in inputs.values()}) > 1:
            sizes = ", ".join(f"{name} {len(array)}" for name, array in sorted(inputs.items()))
            raise RpcError("INVALID_ARGUMENT", f"inputs: expected one row for each picture. Received: {sizes}")
        count = len(inputs[layout.IMAGE])
        answers = {name: np.empty((count, *_row(signature.outputs[name])), np.float32) for name in outputs}
        if signature.inputs[layout.IMAGE].dtype == STRING:
            images = [pictures.read(encoded, self._channels)[0] for encoded in inputs[layout.IMAGE]]
        else:
            images = list(inputs[layout.IMAGE])
        numbers = {name: array for name, array in inputs.items() if name != layout.IMAGE}
        try:
            self._run(images, numbers, answers)
        except (RuntimeError, ValueError) as error:
            raise RpcError("INVALID_ARGUMENT", str(error)) from None
        return answers

    def close(self) -> None:
        """Gives the graphs back; see `Engine.close`."""
        self._graphs.clear()

    def _run(self, images: Sequence[Picture], numbers: Arrays, answers: Mapping[str, NDArray[np.float32]]) -> None:
        """Runs pictures that may run together, and follow each other, in parts for which there is a graph.

        A part that fills more than half of a graph's rows is filled up: that is quicker than one row after the other.
        """
        first = 0
        for _, group in itertools.groupby(images, key=self._fit.kind):
            alike = list(group)
            done = 0
            for graph in self._graphs:
                while len(alike) - done > graph.rows // 2:
                    taken = alike[done : done + graph.rows]
                    rows, missing = slice(first + done, first + done + len(taken)), graph.rows - len(taken)
                    inputs = self._fit.batch(taken + taken[:1] * missing)
                    inputs |= filled_up({name: array[rows] for name, array in numbers.items()}, missing)
                    graph.run(inputs, {name: answer[rows] for name, answer in answers.items()})
                    done += len(taken)
            first += len(alike)

    def _constant(self, signature: SignatureDef, name: str) -> Array:
        """The manifest. Other signatures without inputs, such as that of the initializer, compute no tensor."""
        if signature.outputs[name].dtype != STRING:
            raise RpcError("UNIMPLEMENTED", f"output {name} is not a dense tensor")
        return np.array(self._manifest_text, dtype=object)


def _row(output: TensorInfo) -> list[int]:
    """The shape of an output for one picture: (K,), or (rows, columns) of a map."""
    return [dim.size for dim in output.tensor_shape.dim[1:]]


def load(path: Path, *, threads: int = 0) -> OpenVinoEngine:
    """Loads a servable of ours.

    Args:
        path: its version directory.
        threads: that share the work of one call; 0 measures whether several are worth it.

    Raises:
        MissingExtra: OpenVINO is not installed.
        ModelError: the directory is no servable of ours, its signatures do not keep to the contract, or OpenVINO
            cannot read its graph.
    """
    file = path / layout.PIXELS_FILE
    if not file.is_file() or not (path / layout.MANIFEST_FILE).is_file():
        raise ModelError(
            f"{path}: has no {layout.PIXELS_FILE}, so it is no servable that OpenVINO can run",
            hint="the engine tensorflow runs every SavedModel",
        )
    if find_spec("openvino") is None:
        raise MissingExtra("serving with OpenVINO", package="openvino", extra="openvino")
    manifest, signatures = manifests.read(path), contract.read(path)
    contract.check(signatures, manifest, path)
    _refuse_others(signatures, path)
    pixels = signatures[layout.PIXELS_SIGNATURE]
    compiled = compiler().compiled(file, manifest, {*pixels.inputs, *pixels.outputs}, threads=threads)
    return OpenVinoEngine(compiled, signatures, manifest, (path / layout.MANIFEST_FILE).read_bytes())


def _refuse_others(signatures: Mapping[str, SignatureDef], path: Path) -> None:
    """Refuses a SavedModel that can do more than its frozen graph."""
    known = (layout.DEFAULT_SIGNATURE, layout.PIXELS_SIGNATURE, layout.MANIFEST_SIGNATURE)
    others = [name for name, signature in signatures.items() if name not in known and signature.inputs]
    if others:
        raise ModelError(f"{path}: the frozen graph has no signature {', '.join(others)}")
