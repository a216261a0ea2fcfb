"""Small SavedModels, written where a test wants them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.tf import tf
from aoi_modules.wire import records
from aoi_modules.wire.messages import PredictionLog
from tests.serving.calls import predict_request

MANIFEST = Manifest(
    component="strict",
    version=1,
    heads=(Head(name="y", kind="value", labels=("y",)),),
    picture=PictureInput(height=2, width=2, channels=1),
)


def write(path: Path, signatures: Mapping[str, Any], *, variables: tuple[Any, ...] = ()) -> Path:
    """Writes functions as the signatures of a SavedModel; returns its folder."""
    module = tf.Module()
    module.variables_kept = variables
    tf.saved_model.save(module, str(path), signatures=dict(signatures))
    return path


def function(body: Any, **inputs: Any) -> Any:
    """A function with the inputs given as dtype (any shape) or as TensorSpec."""
    specs = [
        tf.TensorSpec(spec.shape, spec.dtype, name=name)
        if isinstance(spec, tf.TensorSpec)
        else tf.TensorSpec(None, spec, name=name)
        for name, spec in inputs.items()
    ]
    return tf.function(body, input_signature=specs)


def half_plus_two(path: Path) -> Path:
    """y = x / 2 + 2, of declared shape (N,); signature `both` also answers z = x."""
    half = tf.Variable(0.5)
    x = tf.TensorSpec([None], tf.float32)
    signatures = {
        "serving_default": function(lambda x: {"y": half * x + 2.0}, x=x),
        "both": function(lambda x: {"y": half * x + 2.0, "z": tf.identity(x)}, x=x),
    }
    return write(path, signatures, variables=(half,))


def echo(path: Path) -> Path:
    """A signature per dtype that answers what it is told; one of two inputs; one of none."""
    kinds = {"float": tf.float32, "int64": tf.int64, "string": tf.string, "half": tf.float16}
    signatures = {name: function(lambda x: {"y": tf.identity(x)}, x=kind) for name, kind in kinds.items()}
    signatures["bytes"] = function(lambda x: {"y_bytes": tf.identity(x)}, x=tf.string)
    signatures["pair"] = function(
        lambda a, b: {"c": tf.identity(a), "d": tf.identity(b)}, a=tf.int32, b=tf.string
    )  # fmt: skip
    signatures["manifest"] = tf.function(lambda: {"json": tf.constant(MANIFEST.to_json())}, input_signature=[])
    return write(path, signatures)


def of_examples(path: Path) -> Path:
    """Signatures that read tf.Examples of one float feature x, and some that Classify and Regress must refuse."""

    def x(inputs: Any) -> Any:
        return tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([1], tf.float32)})["x"]

    def classes(inputs: Any) -> Any:
        return tf.where(x(inputs) > 0, [["good", "bad"]], [["bad", "good"]])

    def scores(inputs: Any) -> Any:
        return tf.concat([x(inputs), -x(inputs)], axis=1)

    text = tf.TensorSpec([None], tf.string)
    both = function(lambda inputs: {"classes": classes(inputs), "scores": scores(inputs)}, inputs=text)
    signatures = {
        "serving_default": both,
        "classes": function(lambda inputs: {"classes": classes(inputs)}, inputs=text),
        "scores": function(lambda inputs: {"scores": scores(inputs)}, inputs=text),
        "number": function(lambda inputs: {"outputs": x(inputs) / 2.0 + 2.0}, inputs=text),
        "flat": function(lambda inputs: {"outputs": x(inputs)[:, 0]}, inputs=text),
        "floats": function(lambda inputs: {"scores": inputs}, inputs=tf.TensorSpec([None, 1], tf.float32)),
        "wide": function(lambda inputs: {"outputs": scores(inputs)}, inputs=text),
        "short": function(lambda inputs: {"outputs": x(inputs)[:1, 0]}, inputs=text),
        "double": function(lambda inputs: {"outputs": tf.cast(x(inputs), tf.float64)}, inputs=text),
        "vector": function(lambda inputs: {"scores": x(inputs)[:, 0]}, inputs=text),
        "misnamed": function(lambda examples: {"outputs": x(examples)}, examples=text),
        "other": function(lambda inputs: {"verdict": x(inputs)}, inputs=text),
        "two": function(lambda inputs, more: {"outputs": x(inputs) + x(more)}, inputs=text, more=text),
    }
    return write(path, signatures)


def strict(path: Path) -> Path:
    """A convolution on pictures with a manifest of ours, so that the server compares shapes."""
    kernel = tf.Variable(tf.ones((2, 2, 1, 1)))
    image = tf.TensorSpec([None, 2, 2, 1], tf.float32)
    conv = function(lambda image: {"y": tf.nn.conv2d(image, kernel, 1, "VALID")[:, 0, 0]}, image=image)
    write(path, {"serving_default": conv}, variables=(kernel,))
    MANIFEST.write(path)
    version_dir.write_sums(path)
    return path


def slow(path: Path, turns: int = 50_000) -> Path:
    """y = x, after half a second and more of counting that no optimizer shortens."""

    def count(x: Any) -> Any:
        total = tf.while_loop(
            lambda i, t: i < turns, lambda i, t: (i + 1, tf.math.sin(t)), (tf.constant(0), x), parallel_iterations=1
        )[1]
        return {"y": x + 0.0 * total}

    return write(path, {"serving_default": function(count, x=tf.float32)})


def log(**inputs: Any) -> PredictionLog:
    """A warm-up request to the model `half`."""
    entry = PredictionLog()
    entry.predict_log.request.CopyFrom(predict_request("half", **inputs))
    return entry


def add_warm_up(path: Path, *logs: PredictionLog) -> None:
    """Puts warm-up requests into a version directory."""
    file = path / layout.WARMUP_FILE
    file.parent.mkdir(exist_ok=True)
    records.write_records(file, [log.SerializeToString() for log in logs])


def publish(source: Path, base_path: Path, version: int | str, *, broken: bool = False) -> Path:
    """Copies a SavedModel to `<base path>/<version>`, in one step for those who watch."""
    base_path.mkdir(exist_ok=True)
    staging = base_path / f".staging-{version}"
    shutil.copytree(source, staging)
    if broken:
        (staging / "saved_model.pb").write_bytes(b"\xff\xff this is no SavedModel")
    return staging.rename(base_path / str(version))
