"""One trained model -> one servable: the uniform version directory of the team.

    <base path>/<name>/<version>/
      saved_model.pb, variables/                 signatures serving_default, pixels, manifest
      assets.extra/tf_serving_warmup_requests    what a server runs before its first client
      assets.extra/manifest.json                 heads, labels, thresholds, origin
      assets.extra/golden.npz                    sample pictures and the source model's scores
      assets.extra/pixels.pb                     `pixels` frozen, for engines other than TensorFlow
      assets.extra/SHA256SUMS

It is checked against its source before it gets its version number.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import numpy as np

from aoi_modules.datasets.batches import FEATURES, IMAGE
from aoi_modules.datasets.pipeline import decode_picture, resize_pictures
from aoi_modules.errors import ModelError
from aoi_modules.export import golden, graph
from aoi_modules.export.golden import Golden, Scores
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore import version_dir
from aoi_modules.modelstore.manifest import Manifest, PictureInput
from aoi_modules.tf import tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import write_records
from aoi_modules.wire.tensors import to_tensor

WARMUP = "assets.extra/tf_serving_warmup_requests"
FROZEN = "assets.extra/pixels.pb"
TOLERANCE = 1e-5
"""Greatest difference between a servable's scores and its source's; float32 arithmetic in another order."""


@dataclass(frozen=True)
class Servable:
    """A version directory that was written, and how far its scores are from the source's."""

    path: Path
    manifest: Manifest
    difference: float


def write_servable(source: ModelSource, name: str, base_path: Path, *, version: int | None = None) -> Servable:
    """Writes, checks and publishes the next version of a component.

    Args:
        source: the trained model.
        name: of the component; the folder below `base_path`.
        base_path: root of all components.
        version: a number that does not exist yet; default: one more than the newest.

    Raises:
        ModelError: the written graph does not score as its source does; nothing is published.
        StoreError: the name or version cannot be used, or the folder cannot be written.
    """
    folder = base_path / version_dir.check_name(name)
    number = version_dir.next_version(folder) if version is None else version
    manifest = describe(source, name, number)
    samples = source.pictures or golden.drawn_pictures(source.picture)
    scores = golden.source_scores(source.network, samples, source.picture, source.heads, source.feature_rows)
    truth = Golden(samples, scores, source.feature_rows)
    with version_dir.staged(folder, number) as staging:
        write_graphs(source, manifest, staging)
        (staging / manifests.FILE_NAME).write_bytes(manifest.to_json())
        truth.write(staging / golden.FILE_NAME)
        write_warmup(staging / WARMUP, name, truth)
        difference = verify(staging, truth, manifest)
    return Servable(folder / str(number), manifest, difference)


def describe(source: ModelSource, name: str, version: int) -> Manifest:
    """The manifest of a source under the name and number it will have."""
    packages = ("tensorflow", "keras", "aoi-academy")
    return Manifest(
        component=name,
        version=version,
        heads=source.heads,
        picture=source.picture,
        features=source.features,
        data=source.data,
        profile=source.profile,
        source_sha256=source.sha256,
        tools={package: installed_version(package) for package in packages} | {"python": platform.python_version()},
    )


def write_graphs(source: ModelSource, manifest: Manifest, folder: Path) -> None:
    """Writes the SavedModel with its three signatures, and the frozen graph of `pixels`."""
    signatures = trace(source, manifest)
    module = tf.Module()
    module.weights = [variable.value for variable in source.network.variables]  # what the graphs read
    tf.saved_model.save(module, str(folder), signatures=signatures)
    frozen = graph.freeze(signatures["pixels"], [head.name for head in manifest.heads])
    (folder / FROZEN).parent.mkdir()
    (folder / FROZEN).write_bytes(frozen.SerializeToString())


def trace(source: ModelSource, manifest: Manifest) -> dict[str, Any]:
    """Traces the signatures. Decode, resize and scaling live in these graphs, nowhere else."""
    size = source.picture

    # A model takes a picture, or a picture and features: the signatures have one argument or two.
    numbers = [tf.TensorSpec((None, len(source.features)), tf.float32, name=FEATURES)] if source.features else []

    def scores(batch: tf.Tensor, features: tuple[tf.Tensor, ...]) -> dict[str, tf.Tensor]:  # float32 (N, H, W, C)
        inputs = {IMAGE: batch, FEATURES: features[0]} if features else batch
        answers = golden.by_head(source.network(inputs, training=False), source.heads)
        return {head: tf.cast(values, tf.float32) for head, values in answers.items()}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name=IMAGE), *numbers])
    def encoded(image: tf.Tensor, *features: tf.Tensor) -> dict[str, tf.Tensor]:
        return scores(decode_batch(image, size), features)

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, size.channels), tf.uint8, name=IMAGE), *numbers])
    def pixels(image: tf.Tensor, *features: tf.Tensor) -> dict[str, tf.Tensor]:
        return scores(resize_pictures(image, size.height, size.width), features)

    @tf.function(input_signature=[])
    def manifest_json() -> dict[str, tf.Tensor]:
        return {"json": tf.constant(manifest.to_json())}

    return {
        "serving_default": encoded.get_concrete_function(),
        "pixels": pixels.get_concrete_function(),
        manifests.SIGNATURE: manifest_json.get_concrete_function(),
    }


def decode_batch(encoded: tf.Tensor, size: PictureInput) -> tf.Tensor:
    """Decodes string (N,) to float32 (N, height, width, channels)."""
    return tf.map_fn(
        lambda one: decode_picture(one, size.height, size.width, size.channels),
        encoded,
        fn_output_signature=tf.TensorSpec((size.height, size.width, size.channels), tf.float32),
    )


def write_warmup(path: Path, name: str, truth: Golden) -> None:
    """Writes requests with one sample and with all of them, in TensorFlow Serving's format."""
    logs = []
    for count in (1, len(truth.pictures)):
        log = PredictionLog()
        log.predict_log.request.model_spec.name = name
        log.predict_log.request.inputs[IMAGE].CopyFrom(to_tensor(list(truth.pictures[:count])))
        if truth.features is not None:
            log.predict_log.request.inputs[FEATURES].CopyFrom(to_tensor(truth.features[:count]))
        logs.append(log)
    write_records(path, [log.SerializeToString() for log in logs])


def verify(folder: Path, truth: Golden, manifest: Manifest) -> float:
    """Loads what was written and compares its scores with the source's, by each way in.

    Returns:
        The greatest difference.

    Raises:
        ModelError: a signature is not as designed, or a head is further away than TOLERANCE.
    """
    loaded = tf.saved_model.load(str(folder))
    names = [head.name for head in manifest.heads]
    encoded = loaded.signatures["serving_default"]
    if sorted(encoded.structured_outputs) != sorted(names):
        raise ModelError(f"{folder}: expected the outputs {names}. Received: {sorted(encoded.structured_outputs)}")
    numbers = {} if truth.features is None else {FEATURES: truth.features}
    by_picture = _numpy(encoded(image=tf.constant(list(truth.pictures)), **_tensors(numbers)))
    difference = _check("serving_default", truth.scores, by_picture)
    frozen = tf.compat.v1.GraphDef.FromString((folder / FROZEN).read_bytes())
    batches = [
        {IMAGE: decoded_pixels(picture, manifest.picture.channels)}
        | {name: values[number : number + 1] for name, values in numbers.items()}
        for number, picture in enumerate(truth.pictures)
    ]
    by_frozen = graph.run_frozen(frozen, batches, names)
    for number, batch in enumerate(batches):
        expected = {head: values[number : number + 1] for head, values in truth.scores.items()}
        by_pixels = _numpy(loaded.signatures["pixels"](**_tensors(batch)))
        difference = max(difference, _check("pixels", expected, by_pixels))
        difference = max(difference, _check(FROZEN, expected, by_frozen[number]))
    return difference


def decoded_pixels(encoded: bytes, channels: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A picture as a camera hands it over: uint8 (1, height, width, channels)."""
    return tf.io.decode_image(encoded, channels=channels, expand_animations=False).numpy()[np.newaxis]  # type: ignore[no-any-return]


def _tensors(inputs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    return {name: tf.constant(values) for name, values in inputs.items()}


def _numpy(answers: dict[str, tf.Tensor]) -> Scores:
    return {head: values.numpy() for head, values in answers.items()}


def _check(way: str, expected: Scores, found: Scores) -> float:
    head, difference = golden.largest_difference(expected, found)
    if difference > TOLERANCE:
        raise ModelError(
            f"the written graph does not score as its source: head {head} by {way} differs by {difference:.3g}, "
            f"expected at most {TOLERANCE:g}; nothing was published"
        )
    return difference
