"""Proves a servable by what is in its folder: loads it as a server does, and compares every way in with its samples."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from aoi_modules.datasets.decoding import decode_pixels, gray
from aoi_modules.errors import Argument, ModelError, StoreError
from aoi_modules.export import graph
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.operations import foreign_operations
from aoi_modules.first_line import first_line
from aoi_modules.modelstore import golden, layout, warmup
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore import signatures as contract
from aoi_modules.modelstore.golden import Golden, Scores
from aoi_modules.modelstore.layout import FEATURES, IMAGE
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures.formats import SIXTEEN_BITS
from aoi_modules.tf import tf, words
from aoi_modules.wire.tensors import Array

from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

MAPS = 10
"""How many times the tolerance a map may be off: of its thousands of cells only the worst judges, and that one is
compared as the score."""


def verify(folder: Path) -> float:
    """Loads a version directory and compares its scores with its golden samples, by each way in.

    Returns:
        The greatest difference, as `golden.largest_difference` counts it.

    Raises:
        ModelError: it does not load, a signature does not keep to the contract, an operation is not TensorFlow's own,
            or a head is further away than the manifest allows.
        StoreError: it has no manifest or golden samples.
    """
    manifest = manifests.read(folder)
    truth = Golden.read(folder)
    check_operations(folder)
    contract.check(contract.read(folder), manifest, folder)
    _check_scores(truth, manifest)
    loaded = load(folder)
    by_pictures = scores(loaded, truth.pictures, truth.features)
    differences = [
        _compare(layout.DEFAULT_SIGNATURE, truth.scores, by_pictures, manifest),
        *(_compare(layout.PIXELS_SIGNATURE, *pair, manifest) for pair in _by_pixels(loaded, truth, manifest)),
        *(_compare(layout.PIXELS_FILE, *pair, manifest) for pair in _by_frozen(folder, truth, manifest)),
    ]
    run_warmup(folder, loaded)
    check_refusal(folder, loaded, truth)
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
    truth = Golden.read(folder)
    samples = Golden((*truth.pictures, *(pictures if truth.features is None else ())), {}, truth.features)
    found = scores(load(folder), samples.pictures, samples.features)
    if missing := [head.name for head in model.heads if head.name not in found]:
        right = Argument("head", ...)
        raise ModelError(
            f"{folder}: has the heads {', '.join(found)}. Received: {', '.join(missing)} of {model.name}",
            hint=f"{right} says which head a model is",
            arguments=[right],
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
    inputs = {IMAGE: tf.constant(list(pictures))} | ({} if features is None else {FEATURES: tf.constant(features)})
    try:
        return _numpy(loaded.signatures[layout.DEFAULT_SIGNATURE](**inputs))
    except tf.errors.OpError as error:
        raise ModelError(f"the SavedModel: {words(error)}") from error


def check_operations(folder: Path) -> None:
    """Refuses a graph that a stock TensorFlow Serving could not run.

    Raises:
        ModelError: an operation comes from an added library or needs Python; names it.
        StoreError: there is no graph.
    """
    file = folder / layout.SAVED_MODEL
    try:
        written = SavedModel.FromString(file.read_bytes()).meta_graphs[0].graph_def
    except OSError as error:
        raise StoreError(f"{file}: cannot be read: {error.strerror}") from None
    except (DecodeError, IndexError) as error:
        raise ModelError(f"{file}: damaged, no graph of TensorFlow: {first_line(error)}") from None
    if foreign := foreign_operations(written):
        raise ModelError(
            f"{folder.name}: the graph has operations that a stock TensorFlow Serving does not: {', '.join(foreign)}",
            hint="build the model without tf.py_function and without operations of added libraries",
        )


def _check_scores(truth: Golden, manifest: Manifest) -> None:
    """Holds golden scores to the heads of the manifest.

    Raises:
        ModelError: there are other heads, or of another width.
    """
    wanted, found = contract.shapes(manifest), {head: values.shape[1:] for head, values in truth.scores.items()}
    if found != wanted:
        raise ModelError(f"golden samples: expected scores {{head: shape}} of {wanted}. Received: {found}")


def run_warmup(folder: Path, loaded: Any) -> None:
    """Runs the requests that a server will run before its first client.

    Args:
        folder: version directory that brings them along.
        loaded: see `load`.

    Raises:
        ModelError: one fails; a server would not get ready.
        WireError: their file is damaged.
    """
    for number, (signature, inputs) in enumerate(warmup.predictions(folder)):
        try:
            loaded.signatures[signature](**{name: tf.constant(values) for name, values in inputs.items()})
        except (KeyError, TypeError, tf.errors.OpError) as error:
            file = folder / layout.WARMUP_FILE
            raise ModelError(f"{file}: request {number} fails: {first_line(error)}") from error


def check_refusal(folder: Path, loaded: Any, truth: Golden) -> None:
    """Asks about a picture that nobody in the line reads; only the graph itself can refuse it on a stock server.

    Args:
        folder: version directory, for the error.
        loaded: see `load`.
        truth: its samples, whose features go with the picture.

    Raises:
        ModelError: it answers, because it was written before there was such a rule.
    """
    sixteen_bits = tf.io.encode_png(tf.zeros((8, 8, 1), tf.uint16)).numpy()
    try:
        scores(loaded, [sixteen_bits], None if truth.features is None else truth.features[:1])
    except ModelError as error:
        if SIXTEEN_BITS.sentence in str(error.__cause__):
            return
    raise ModelError(
        f"{folder}: its graph decodes pictures by an older rule than training and gateway, such as a PNG of 16 bits a "
        "channel, which they refuse",
        hint="export the model again",
    )


def decoded_pixels(encoded: bytes, channels: int) -> NDArray[np.uint8]:
    """A picture as a camera hands it over: uint8 (1, height, width, channels)."""
    pixels = decode_pixels(encoded)[tf.newaxis]
    return np.asarray(pixels if channels == 3 else gray(pixels)).astype(np.uint8)


def _by_pixels(loaded: Any, truth: Golden, manifest: Manifest) -> Iterator[tuple[Scores, Scores]]:
    """Of each picture the scores expected and found."""
    for expected, batch in _single(truth, manifest.picture.channels):
        inputs = {name: tf.constant(values) for name, values in batch.items()}
        yield expected, _numpy(loaded.signatures[layout.PIXELS_SIGNATURE](**inputs))


def _by_frozen(folder: Path, truth: Golden, manifest: Manifest) -> Iterator[tuple[Scores, Scores]]:
    singles = list(_single(truth, manifest.picture.channels))
    frozen = graph.read_frozen(folder / layout.PIXELS_FILE)
    found = graph.run_frozen(frozen, [batch for _, batch in singles], list(truth.scores))
    yield from zip((expected for expected, _ in singles), found, strict=True)


def _single(truth: Golden, channels: int) -> Iterator[tuple[Scores, dict[str, Array]]]:
    """Each picture alone: its scores, and the inputs of `pixels`."""
    for at, picture in enumerate(truth.pictures):
        batch: dict[str, Array] = {IMAGE: decoded_pixels(picture, channels)}
        if truth.features is not None:
            batch[FEATURES] = truth.features[at : at + 1]
        yield {head: values[at : at + 1] for head, values in truth.scores.items()}, batch


def _numpy(answers: Mapping[str, Any]) -> Scores:
    return {head: values.numpy() for head, values in answers.items()}


def _compare(way: str, expected: Scores, found: Scores, manifest: Manifest) -> float:
    """The greatest difference of all outputs, none of which is greater than allowed."""
    heads = {head.name for head in manifest.heads}
    scores = {name: values for name, values in expected.items() if name in heads}
    maps = {name: values for name, values in expected.items() if name not in heads}
    greatest = 0.0
    for outputs, allowed in ((scores, manifest.tolerance), (maps, MAPS * manifest.tolerance)):
        if not outputs:
            continue
        output, difference = golden.largest_difference(outputs, found)
        if difference > allowed:
            more = Argument("tolerance")
            raise ModelError(
                f"the written graph does not score as its source: head {output} by {way} differs by {difference:.3g}, "
                f"expected at most {allowed:g}",
                hint=f"if the model enlarges rounding errors and the difference does no harm, allow it: {more}",
                arguments=[more],
            )
        greatest = max(greatest, difference)
    return greatest
