"""Proves a servable by what is in its folder: loads it as a server does, and compares every way in with its samples."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from aoi_modules.datasets.batches import FEATURES, IMAGE
from aoi_modules.datasets.decoding import decode_pixels, gray
from aoi_modules.errors import ModelError, StoreError, first_line
from aoi_modules.export import graph
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.modelstore import golden
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.golden import Golden, Scores
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.tf import tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import read_records
from aoi_modules.wire.tensors import to_array

from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.python.framework import op_def_registry

WARMUP = "assets.extra/tf_serving_warmup_requests"
FROZEN = "assets.extra/pixels.pb"
_PYTHON_ONLY = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
"""Operations that call back into the Python process that made them; a model server has none."""


def verify(folder: Path) -> float:
    """Loads a version directory and compares its scores with its golden samples, by each way in.

    Returns:
        The greatest difference, as `golden.largest_difference` counts it.

    Raises:
        ModelError: it does not load, a signature is not as designed, an operation is not TensorFlow's own, or a head
            is further away than the manifest allows.
        StoreError: it has no manifest or golden samples.
    """
    manifest = manifests.read(folder)
    truth = Golden.read(folder / golden.FILE_NAME)
    check_operations(folder)
    loaded = load(folder)
    check_signatures(loaded.signatures, manifest, truth)
    differences = [
        _compare("serving_default", truth.scores, scores(loaded, truth.pictures, truth.features), manifest),
        *(_compare("pixels", *pair, manifest) for pair in _by_pixels(loaded, truth, manifest)),
        *(_compare(FROZEN, *pair, manifest) for pair in _by_frozen(folder, truth, manifest)),
    ]
    run_warmup(folder / WARMUP, loaded)
    return max(differences)


def against(folder: Path, model: ModelSource, pictures: Sequence[bytes] = ()) -> dict[str, float]:
    """How far a servable is from a model: the greatest difference of each head, on its golden pictures and others.

    Args:
        folder: version directory.
        model: with heads of the servable's names.
        pictures: more encoded pictures; of a component without features only.

    Raises:
        ModelError: it does not load, or has no such head.
        StoreError: it has no golden samples.
    """
    truth = Golden.read(folder / golden.FILE_NAME)
    samples = Golden((*truth.pictures, *(pictures if truth.features is None else ())), {}, truth.features)
    found = scores(load(folder), samples.pictures, samples.features)
    if missing := [head.name for head in model.heads if head.name not in found]:
        raise ModelError(
            f"{folder}: has the heads {', '.join(found)}. Received: {', '.join(missing)} of {model.name}",
            hint="--against NAME=MODEL says which head a model is",
        )
    expected = model.scores(samples.pictures, samples.features if model.features else None)
    return {head: golden.largest_difference({head: values}, found)[1] for head, values in expected.items()}


def load(folder: Path) -> Any:
    """The SavedModel of a version directory, to be run in this process.

    Raises:
        ModelError: it does not load.
    """
    try:
        return tf.saved_model.load(str(folder))
    except Exception as error:  # TensorFlow raises whatever its restoring meets
        raise ModelError(f"{folder}: does not load: {first_line(error)}") from error


def scores(loaded: Any, pictures: Sequence[bytes], features: NDArray[np.float32] | None = None) -> Scores:
    """What a loaded SavedModel says to encoded pictures, by `serving_default`.

    Args:
        loaded: see `load`.
        pictures: N encoded pictures.
        features: of the pictures, float32 (N, F), where the model takes some.

    Returns:
        Float32 (N, K) by head.

    Raises:
        ModelError: it refuses a picture.
    """
    numbers = {} if features is None else {FEATURES: tf.constant(features)}
    try:
        return _numpy(loaded.signatures["serving_default"](image=tf.constant(list(pictures)), **numbers))
    except tf.errors.OpError as error:
        raise ModelError(f"the SavedModel: {first_line(error)}") from None


def check_operations(folder: Path) -> None:
    """Refuses a graph that a stock TensorFlow Serving could not run.

    Raises:
        ModelError: an operation comes from an added library or needs Python; names it.
        StoreError: there is no graph.
    """
    file = folder / "saved_model.pb"
    try:
        written = SavedModel.FromString(file.read_bytes()).meta_graphs[0].graph_def
    except OSError as error:
        raise StoreError(f"{file}: cannot be read: {error.strerror}") from None
    except (DecodeError, IndexError) as error:
        raise ModelError(f"{file}: damaged, no graph of TensorFlow: {first_line(error)}") from None
    functions = {function.signature.name for function in written.library.function}
    used = {node.op for part in (written.node, *(one.node_def for one in written.library.function)) for node in part}
    foreign = sorted(op for op in used - functions if op in _PYTHON_ONLY or op_def_registry.get(op) is None)
    if foreign:
        raise ModelError(
            f"{folder.name}: the graph has operations that a stock TensorFlow Serving does not: {', '.join(foreign)}",
            hint="build the model without tf.py_function and without operations of added libraries",
        )


def check_signatures(signatures: Mapping[str, Any], manifest: Manifest, truth: Golden) -> None:
    """Compares names, dtypes and shapes with the design.

    Raises:
        ModelError: one is missing or different; says which.
    """
    numbers = {FEATURES: ("float32", [None, len(manifest.features)])} if manifest.features else {}
    outputs = {head: ("float32", [None, scores.shape[1]]) for head, scores in truth.scores.items()}
    wanted = {
        "serving_default": ({IMAGE: ("string", [None]), **numbers}, outputs),
        "pixels": ({IMAGE: ("uint8", [None, None, None, manifest.picture.channels]), **numbers}, outputs),
        manifests.SIGNATURE: ({}, {"json": ("string", [])}),
    }
    if set(truth.scores) != {head.name for head in manifest.heads}:
        raise ModelError(f"golden samples: expected the heads {[head.name for head in manifest.heads]}")
    for name, expected in wanted.items():
        if name not in signatures:
            raise ModelError(f"signature {name}: missing. Found: {', '.join(signatures)}")
        found = tuple(
            {key: (spec.dtype.name, spec.shape.as_list()) for key, spec in specs.items()}
            for specs in (signatures[name].structured_input_signature[1], signatures[name].structured_outputs)
        )
        if found != expected:
            raise ModelError(f"signature {name}: expected {expected}. Received: {found}")


def run_warmup(file: Path, loaded: Any) -> None:
    """Runs the requests that a server will run before its first client.

    Raises:
        ModelError: one fails; a server would not get ready.
    """
    for number, record in enumerate(read_records(file)):
        request = PredictionLog.FromString(record).predict_log.request
        inputs = {name: tf.constant(to_array(tensor)) for name, tensor in request.inputs.items()}
        try:
            loaded.signatures[request.model_spec.signature_name or "serving_default"](**inputs)
        except (KeyError, TypeError, tf.errors.OpError) as error:
            raise ModelError(f"{file}: request {number} fails: {first_line(error)}") from error


def decoded_pixels(encoded: bytes, channels: int) -> NDArray[np.uint8]:
    """A picture as a camera hands it over: uint8 (1, height, width, channels)."""
    pixels = decode_pixels(encoded)[tf.newaxis]
    return np.asarray(pixels if channels == 3 else gray(pixels)).astype(np.uint8)


def _by_pixels(loaded: Any, truth: Golden, manifest: Manifest) -> Iterator[tuple[Scores, Scores]]:
    """Of each picture the scores expected and found."""
    for expected, batch in _single(truth, manifest.picture.channels):
        inputs = {name: tf.constant(values) for name, values in batch.items()}
        yield expected, _numpy(loaded.signatures["pixels"](**inputs))


def _by_frozen(folder: Path, truth: Golden, manifest: Manifest) -> Iterator[tuple[Scores, Scores]]:
    singles = list(_single(truth, manifest.picture.channels))
    frozen = read_frozen(folder / FROZEN)
    found = graph.run_frozen(frozen, [batch for _, batch in singles], list(truth.scores))
    yield from zip((expected for expected, _ in singles), found, strict=True)


def read_frozen(file: Path) -> graph.GraphDef:
    """The frozen graph in a file.

    Raises:
        StoreError: there is none.
        ModelError: it is damaged.
    """
    try:
        return graph.GraphDef.FromString(file.read_bytes())
    except OSError as error:
        raise StoreError(f"{file}: cannot be read: {error.strerror}", hint="export the model again") from None
    except DecodeError as error:
        raise ModelError(f"{file}: damaged, no graph of TensorFlow: {first_line(error)}") from None


def _single(truth: Golden, channels: int) -> Iterator[tuple[Scores, dict[str, NDArray[Any]]]]:
    """Each picture alone: its scores, and the inputs of `pixels`."""
    for at, picture in enumerate(truth.pictures):
        batch: dict[str, NDArray[Any]] = {IMAGE: decoded_pixels(picture, channels)}
        if truth.features is not None:
            batch[FEATURES] = truth.features[at : at + 1]
        yield {head: values[at : at + 1] for head, values in truth.scores.items()}, batch


def _numpy(answers: Mapping[str, Any]) -> Scores:
    return {head: values.numpy() for head, values in answers.items()}


def _compare(way: str, expected: Scores, found: Scores, manifest: Manifest) -> float:
    head, difference = golden.largest_difference(expected, found)
    if difference > manifest.tolerance:
        raise ModelError(
            f"the written graph does not score as its source: head {head} by {way} differs by {difference:.3g}, "
            f"expected at most {manifest.tolerance:g}",
            hint="if the model enlarges rounding errors and the difference does no harm, allow it: --tolerance",
        )
    return difference
