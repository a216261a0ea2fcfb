"""Writes small models with the Keras that runs this, and the scores that it gives to pictures: `2.13.zip` and so on.

    python3.11 -m venv author
    author/bin/pip install "tensorflow-cpu==2.13.*"
    author/bin/python write.py

Once for each of TensorFlow 2.12 to 2.15, whose Keras has the same number, and for Keras 3.0 and 3.3 on TensorFlow 2.16.
With the argument `saved` it writes SavedModels, `2.13-saved.zip`, by `model.save(folder)` and `model.export`. It needs
nothing of this project.
"""

import importlib
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras as installed
import numpy as np

import tensorflow as tf

keras = tf.keras
L = keras.layers
VERSION = installed.__version__.rpartition(".")[0]
KERAS_3 = VERSION.startswith("3.")
SHAPE = (12, 10, 3)
CASES: dict[str, Callable[[], Any]] = {}


def case(make: Callable[[], Any]) -> Callable[[], Any]:
    CASES[make.__name__] = make
    return make


def image() -> Any:
    return keras.Input(SHAPE, name="image")


def judged(start: Any, values: Any) -> Any:
    """A model with three classes above whatever was computed."""
    if len(values.shape) == 4:
        values = L.GlobalAveragePooling2D()(values)
    elif len(values.shape) != 2:
        values = L.Flatten()(values)
    return keras.Model(start, L.Dense(3, "softmax", name="kind")(values))


def adapted(*shape: int, **arguments: Any) -> Any:
    layer = L.Normalization(**arguments)
    layer.adapt(np.random.default_rng(1).normal(120, 60, (64, *shape)).astype("float32"))
    return layer


def norms(name: str) -> Any:
    """Three layers with weights of the same shapes, so that a wrong order is no error."""
    start = values = keras.Input(SHAPE)
    for number in range(3):
        values = L.BatchNormalization(name=f"{name}_{number}")(values)
    return keras.Model(start, L.Conv2D(3, 3, name=f"{name}_conv")(values), name=name)


@case
def nested_normalization() -> Any:
    inner = [keras.Input(SHAPE), adapted(*SHAPE), L.Conv2D(8, 3, activation="relu"), L.GlobalAveragePooling2D()]
    start = image()
    return judged(start, keras.Sequential(inner, name="backbone")(start))


@case
def normalization_three_deep() -> Any:
    start = keras.Input(SHAPE)
    inner = keras.Model(start, adapted(*SHAPE)(start), name="inner")
    middle = keras.Sequential([keras.Input(SHAPE), inner, L.Conv2D(8, 3, activation="relu")], name="middle")
    return keras.Sequential([keras.Input(SHAPE), middle, L.GlobalAveragePooling2D(), L.Dense(3, "softmax")])


@case
def normalization_axes() -> Any:
    start = image()
    values = adapted(*SHAPE, axis=(1, 3))(start)
    values = L.LayerNormalization(axis=[1, 2, 3])(adapted(*SHAPE, axis=None)(values))
    return judged(start, L.Softmax(axis=[1, 2])(values))


@case
def frozen_inside() -> Any:
    inner = norms("trunk")
    inner.get_layer("trunk_1").trainable = False
    start = image()
    return judged(start, inner(L.Rescaling(1 / 255)(start)))


@case
def thawed_last() -> Any:
    inner = norms("trunk")
    inner.trainable = False
    inner.get_layer("trunk_1").trainable = True
    start = image()
    return judged(start, inner(L.Rescaling(1 / 255)(start), training=False))


@case
def slashes() -> Any:
    start = image()
    values = L.Conv2D(4, 3, name="conv1/conv")(start / 255.0)
    values = L.ReLU(name="conv1/relu")(L.BatchNormalization(name="conv1/bn")(values))
    return judged(start, L.Conv2D(4, 3, name="conv1")(values))


@case
def slashes_inside() -> Any:
    below = keras.Input(SHAPE)
    values = L.BatchNormalization(name="conv1/bn", trainable=False)(L.Conv2D(4, 3, name="conv1/conv")(below))
    inner = keras.Model(below, L.BatchNormalization(name="conv1/bn2")(values), name="back/bone")
    start = image()
    return judged(start, inner(start / 255.0))


@case
def several_of_a_class() -> Any:
    start = image()
    values = start / 255.0
    for _ in range(3):
        values = L.BatchNormalization()(L.Conv2D(4, 3, padding="same")(values))
    return judged(start, values)


@case
def branches() -> Any:
    start = image()
    values = L.GlobalAveragePooling2D()(start / 255.0)
    return keras.Model(start, {name: L.Dense(3, name=name)(values) for name in ("z", "b", "y", "a")})


@case
def shared() -> Any:
    start = image()
    conv, inner, scaled = L.Conv2D(3, 3, padding="same"), norms("trunk"), L.Rescaling(1 / 255)(start)
    return judged(start, L.Concatenate()([inner(conv(conv(scaled))), inner(scaled)]))


@case
def two_inputs() -> Any:
    start, numbers = image(), keras.Input((4,), name="features")
    values = L.Concatenate()([L.GlobalAveragePooling2D()(start / 255.0), adapted(4)(numbers)])
    outputs = {"kind": L.Dense(2, "softmax", name="kind")(values), "bad": L.Dense(1, "sigmoid", name="bad")(values)}
    return keras.Model({"image": start, "features": numbers}, outputs)


@case
def hard_sigmoid() -> Any:
    start = image()
    values = L.Conv2D(4, 3, activation="hard_sigmoid")(L.Rescaling(1 / 64, -2)(start))
    values = L.Activation("hard_sigmoid")(values if KERAS_3 else L.ThresholdedReLU(0.3)(values))
    values = L.ReLU(0.8)(L.Reshape((8, 40))(values))
    return judged(start, L.TimeDistributed(L.Dense(4, "hard_sigmoid"))(values))


@case
def recurrent() -> Any:
    start = image()
    lines = L.Reshape((12, 30))(L.Rescaling(1 / 64, -2)(start))
    values = [
        L.GRU(4, recurrent_activation="hard_sigmoid")(lines),
        L.GRU(4, reset_after=False, use_bias=False)(lines),
        L.Bidirectional(L.LSTM(3))(lines),
        L.RNN([L.LSTMCell(3), L.LSTMCell(4)])(lines),
        L.GlobalAveragePooling2D()(L.ConvLSTM2D(3, 2)(L.Reshape((3, 4, 10, 3))(lines))),
    ]
    return judged(start, L.Concatenate()(values))


@case
def wrapped() -> Any:
    inner = [
        keras.Input((4, 10, 3)),
        adapted(4, 10, 3),
        L.BatchNormalization(),
        L.BatchNormalization(trainable=False),
        L.BatchNormalization(),
        L.GlobalAveragePooling2D(),
    ]
    start = image()
    return judged(start, L.TimeDistributed(keras.Sequential(inner))(L.Reshape((3, 4, 10, 3))(start)))


@case
def attention() -> Any:
    start = image()
    lines = L.Reshape((12, 30))(L.Rescaling(1 / 64, -2)(start))
    values = L.MultiHeadAttention(2, 4, value_dim=3)(lines, lines)
    return judged(start, L.Attention(use_scale=True)([values, values]))


@case
def convolutions() -> Any:
    start = image()
    values = L.Conv2D(6, 3, groups=3, padding="same")(L.Rescaling(1 / 64, -2)(start))
    values = L.DepthwiseConv2D(3, depth_multiplier=2, activation="gelu")(values)
    values = L.LeakyReLU(0.1)(L.SeparableConv2D(5, 3)(values))
    values = L.PReLU(shared_axes=[1, 2])(L.Conv2DTranspose(4, 3, strides=2, padding="same")(values))
    return judged(start, L.Resizing(9, 9)(L.UpSampling2D(2, interpolation="bilinear")(values)))


@case
def squeezed() -> Any:
    """A block of EfficientNet."""
    start = image()
    values = L.Conv2D(8, 3, padding="same", activation="swish")(adapted(*SHAPE)(L.Rescaling(1 / 255)(start)))
    part = L.Reshape((1, 1, 8))(L.GlobalAveragePooling2D()(values))
    part = L.Conv2D(2, 1, activation="swish", name="se_reduce")(part)
    part = L.Conv2D(8, 1, activation="sigmoid", name="se_expand")(part)
    return judged(start, L.Dropout(0.2, noise_shape=(None, 1, 1, 1))(L.multiply([values, part])))


@case
def gray() -> Any:
    start = keras.Input((12, 10, 1), name="image")
    return judged(start, L.SpatialDropout2D(0.2)(L.Conv2D(4, 3)(L.Rescaling(1 / 255)(start))))


if KERAS_3:

    @case
    def activations() -> Any:
        names = ("gelu", "silu", "mish", "elu", "selu", "softplus", "softsign", "exponential", "relu6", "leaky_relu")
        known = [name for name in (*names, "log_softmax", "hard_silu", "celu") if hasattr(keras.activations, name)]
        start = image()
        values = L.Rescaling(1 / 64, -2)(start)
        parts = [L.Conv2D(2, 3, activation=name)(values) for name in known]
        return judged(start, L.Activation("tanh")(L.Concatenate()(parts)))

    @case
    def functions() -> Any:
        ops = keras.ops
        start = image()
        values = ops.clip(start / 64.0 - 2.0, -1.5, 1.5)
        values = ops.concatenate([values[:, 1:-1], ops.relu(-values[:, 1:-1])], axis=-1)
        mean, most = ops.mean(values, axis=(1, 2)), ops.max(values, axis=(1, 2))
        lines = ops.softmax(ops.reshape(values, (-1, 10, 60)))
        sums = ops.sum(ops.sqrt(ops.abs(ops.transpose(lines, (0, 2, 1)))), axis=-1) * 0.1
        small = ops.squeeze(ops.expand_dims(ops.sigmoid(mean - most) ** 2.0, 1), 1)
        return judged(start, ops.concatenate([mean, most, ops.minimum(sums, 1.0), small], axis=1))

    @case
    def norms_of_groups() -> Any:
        start = image()
        values = L.GroupNormalization(2)(L.Conv2D(8, 3, activation="silu")(L.Rescaling(1 / 64, -2)(start)))
        values = L.UnitNormalization()(L.LayerNormalization()(values))
        values = L.SpectralNormalization(L.Conv2D(4, 3))(values)
        return judged(start, L.ZeroPadding2D(1)(L.CenterCrop(6, 5)(values)))


def application(module: str) -> Any:
    try:
        return importlib.import_module(f"keras.src.applications.{module}")
    except ImportError:  # Keras 2.12
        return importlib.import_module(f"keras.applications.{module}")


SMALL = {"include_top": False, "weights": None, "input_shape": (32, 32, 3)}


def on_top(backbone: Any) -> Any:
    start = keras.Input((32, 32, 3), name="image")
    return judged(start, backbone(start))


@case
def convnext() -> Any:
    widths = {"depths": [1, 1, 1, 1], "projection_dims": [4, 4, 6, 8], "drop_path_rate": 0.1}
    return on_top(application("convnext").ConvNeXt(model_name="convnext", **widths, **SMALL))


@case
def efficientnet() -> Any:
    return on_top(application("efficientnet").EfficientNet(0.01, 0.01, 32, model_name="efficientnet", **SMALL))


SAVED = ("nested_normalization", "two_inputs", "squeezed")
"""Cases whose SavedModels are kept: others take the same ways through a file."""


def main(names: "list[str]") -> None:
    """Packs the models; `saved` packs SavedModels, those of all cases after the word `all`."""
    saved = names[:1] == ["saved"]
    wanted = [name for name in (SAVED if names == ["saved"] else CASES) if not (KERAS_3 and "slashes" in name)]
    packed = Path(__file__).with_name(f"{VERSION}{'-saved' if saved else ''}.zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name in wanted:
            keras.backend.clear_session()
            keras.utils.set_random_seed(1)
            with tempfile.TemporaryDirectory() as folder:
                try:
                    model = CASES[name]()
                    write_samples(model, Path(folder), name)
                    (write_saved if saved else write_files)(model, Path(folder), name)
                except Exception as error:  # what a Keras cannot make or write itself is no file to read
                    if not KERAS_3 and names != ["saved", "all"]:
                        raise
                    sys.stderr.write(f"{name}: Keras {VERSION} cannot write it: {str(error)[:200]}\n")
                    continue
                for member in sorted(Path(folder).rglob("*")):
                    if member.is_file() and member.name not in ("fingerprint.pb", "keras_metadata.pb"):
                        file.write(member, member.relative_to(folder))


def write_samples(model: Any, folder: Path, name: str) -> None:
    """What `aoi export --expect` takes."""
    draw_weights(model)
    random = np.random.default_rng(5)
    shapes = [tensor.shape[1:] for tensor in model.inputs if len(tensor.shape) == 4]
    arrays = {"images": random.integers(0, 256, (3, *shapes[0])).astype("uint8")}
    inputs: Any = arrays["images"].astype("float32")
    if len(model.inputs) > 1:
        arrays["features"] = random.normal(120, 60, (3, 4)).astype("float32")
        inputs = {"image": inputs, "features": arrays["features"]}
    scores = model(inputs, training=False)
    named = scores if isinstance(scores, dict) else {"score": scores}
    np.savez(folder / f"{name}.npz", **arrays, **{f"score/{head}": values for head, values in named.items()})  # type: ignore[arg-type]


def write_files(model: Any, folder: Path, name: str) -> None:
    """The model as one file, in both formats, if its Keras can write it: the first Keras 3 mixed up names in HDF5."""
    try:
        model.save(folder / f"{name}.h5")
    except ValueError as error:
        if not KERAS_3:
            raise
        sys.stderr.write(f"{name}.h5: Keras {VERSION} cannot write it: {error}\n")
        (folder / f"{name}.h5").unlink()
    model.save(folder / f"{name}.keras", **({"save_format": "keras_v3"} if VERSION == "2.12" else {}))


def write_saved(model: Any, folder: Path, name: str) -> None:
    """The model as a SavedModel, in every way that its Keras has."""
    if not KERAS_3:
        model.save(folder / f"{name}-save", save_format="tf")
    if hasattr(model, "export"):
        model.export(str(folder / f"{name}-export"))


def draw_weights(model: Any) -> None:
    """Other weights than a new model has, of few digits, so that the file is small."""
    random = np.random.default_rng(3)
    for weight in model.weights:
        own = weight.name.rpartition("/")[2].removesuffix(":0")
        if own in ("mean", "variance", "count") or "float" not in str(weight.dtype):
            continue  # of a Normalization, which has used them already; or the state of a Dropout
        width = 1 / np.sqrt(max(1, np.prod(weight.shape[:-1] or [4])))
        values = random.normal(0, width, weight.shape)
        if own in ("gamma", "moving_variance"):
            values = random.uniform(0.5, 1.5, weight.shape)
        weight.assign(np.round(values, 2))


if __name__ == "__main__":
    main(sys.argv[1:])
