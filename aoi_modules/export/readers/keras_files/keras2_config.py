"""Configurations of models that Keras 2 wrote -> the same models in the words of Keras 3.

Keras 3 refuses nearly every file of Keras 2 for small reasons: an argument that exists no longer and had its neutral
value, a class that moved, a shape under another name. Each repair here is one of these, and is made only where it
changes no score. What had a value that Keras 3 cannot express is refused by name.
"""

from collections.abc import Mapping
from typing import Any

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.classes import SAVED_MODEL
from aoi_modules.export.readers.keras_files.keras2_calls import repair_calls

FUNCTIONS = ("TFOpLambda", "SlicingOpLambda")
"""Keras 2 wrote plain calls of TensorFlow (`x / 255`, `tf.concat`, `x[:, 1:]`) as layers of these classes."""
HARD_SIGMOID = "keras2_hard_sigmoid"
"""Name of the function that Keras 2 called `hard_sigmoid`; that of Keras 3 is another one."""
_SLASH = ">"  # stands in the names of layers for the slash, which Keras 3 does not allow; names of Keras 2 lack it
_ANY = object()
# Arguments that Keras 3 has no more, and the value they must have to be dropped; _ANY: it never mattered for scores.
_GONE: Mapping[str, Any] = {
    "time_major": False,
    "softmax_robust_masking": False,
    "renorm": False,
    "virtual_batch_size": None,
    "ragged": False,
    "fused": _ANY,
    "rng_type": _ANY,
    "query_shape": _ANY,
    "key_shape": _ANY,
    "value_shape": _ANY,
    "input_dim": _ANY,
    "input_length": _ANY,
    "stateful": False,
}
# The same for layers of one class, because another class has an argument of that name still. Keras 2 wrote `groups`
# for convolutions that never had any, and `kernel_initializer` where there are two kernels.
_DEPTHWISE = {"groups": 1, "kernel_initializer": _ANY, "kernel_regularizer": _ANY, "kernel_constraint": _ANY}
_TRANSPOSED = {"groups": 1}
_SPATIAL = {"noise_shape": None, "trainable": _ANY}
_GONE_OF: Mapping[str, Mapping[str, Any]] = {
    "Conv1DTranspose": _TRANSPOSED,
    "Conv2DTranspose": _TRANSPOSED,
    "Conv3DTranspose": _TRANSPOSED,
    "DepthwiseConv1D": _DEPTHWISE,
    "DepthwiseConv2D": _DEPTHWISE,
    "Discretization": {"trainable": _ANY},
    "Lambda": {"function_type": _ANY, "module": _ANY, "output_shape_type": _ANY, "output_shape_module": _ANY},
    "SeparableConv1D": _DEPTHWISE,
    "SeparableConv2D": _DEPTHWISE,
    "SpatialDropout1D": _SPATIAL,
    "SpatialDropout2D": _SPATIAL,
}
# Classes that are no more, and the class that gives the same scores, with the arguments that it takes from them.
_NOW: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "FixedDropout": ("Dropout", {"rate": "rate"}),
    "RandomHeight": ("Identity", {}),
    "RandomWidth": ("Identity", {}),
    "ThresholdedReLU": ("ReLU", {"theta": "threshold"}),
}
# Arguments of other names.
_NOW_NAMED: Mapping[str, Mapping[str, str]] = {"LeakyReLU": {"alpha": "negative_slope"}}
# Values that Keras 3 reads in another way, or not at all.
_OTHERWISE: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "Discretization": {"output_mode": ("int",)},  # whole numbers, which Keras 3 makes floating ones
    "Normalization": {"invert": (True,)},  # another formula until Keras 2.12
    "Resizing": {"interpolation": ("gaussian", "mitchellcubic")},
    "UpSampling2D": {"interpolation": ("gaussian", "mitchellcubic")},
}
_TRAINING_ONLY = ("_regularizer", "_constraint")


def repaired(config: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """The configuration as Keras 3 reads it; the given one stays as it is.

    Args:
        config: of a model, {"class_name": ..., "config": ...}.
        origin: for messages.

    Raises:
        ModelError: it uses something that Keras 3 does not have.
    """
    result: dict[str, Any] = _walk(_plainly_named(config), origin)
    return result


def without_slashes(name: str) -> str:
    """The name that a layer gets in Keras 3."""
    return name.replace("/", _SLASH)


def with_slashes(name: str) -> str:
    """The name that a layer had in its file."""
    return name.replace(_SLASH, "/")


def lambda_layers(config: Any) -> list[str]:
    """Names of the layers that carry Python code of their own."""
    if isinstance(config, Mapping):
        inner = config.get("config")
        if config.get("class_name") == "Lambda" and isinstance(inner, Mapping):
            return [str(inner.get("name", "lambda"))]
        if config.get("class_name") == "__lambda__":
            return ["lambda"]
        config = list(config.values())
    if isinstance(config, list):
        return [name for value in config for name in lambda_layers(value)]
    return []


def _plainly_named(value: Any) -> Any:
    """The configuration with names that Keras 3 allows, wherever layers are named or called."""
    if isinstance(value, Mapping):
        named = {key: _plainly_named(inner) for key, inner in value.items()}
        return {**named, "name": without_slashes(named["name"])} if isinstance(named.get("name"), str) else named
    if isinstance(value, list):
        if len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int) and isinstance(value[2], int):
            value = [without_slashes(value[0]), *value[1:]]  # [layer, call, output]
        return [_plainly_named(inner) for inner in value]
    return value


def _walk(value: Any, origin: str) -> Any:
    if isinstance(value, Mapping):
        value = {key: _walk(inner, origin) for key, inner in value.items()}
        return _repaired_object(value, origin) if "class_name" in value and "config" in value else value
    if isinstance(value, list):
        return [_walk(inner, origin) for inner in value]
    return value


def _repaired_object(entry: dict[str, Any], origin: str) -> Any:
    """A layer, model, policy or initializer, after what is inside it was repaired."""
    kind = str(entry["class_name"]).removeprefix("Custom>")
    entry.pop("build_config", None)  # each layer is built by its first call; Keras 3 asks some for other shapes
    if kind in ("Policy", "PolicyV1"):
        return entry["config"]["name"]  # mixed precision: Keras 3 takes the name
    if kind == "__numpy__":
        return entry["config"]["value"]  # Keras 2.12 wrote some arguments so, such as the upper end of a ReLU
    if kind in ("Functional", "Model"):
        # It moved: keras.engine.functional, keras.src.engine.functional, tf_keras.src.engine.functional.
        entry["class_name"] = "Functional"
        if "module" in entry:
            entry["module"] = "keras.src.models.functional"
        if isinstance(entry["config"], dict) and "layers" in entry["config"]:
            repair_calls(entry["config"])
    elif kind == "Sequential":
        entry["config"] = _sequential(entry["config"])
    elif kind in FUNCTIONS:
        entry["config"] = {"name": entry["config"]["name"], "function": entry["config"]["function"]}
    elif isinstance(entry["config"], dict):
        if kind == "SyncBatchNormalization":
            kind = entry["class_name"] = "BatchNormalization"  # it was apart while it was trained
        entry["config"] = _arguments(kind, entry["config"], origin)
        if kind in _NOW:
            _replace(entry, *_NOW[kind])
    return entry


def _replace(entry: dict[str, Any], kind: str, arguments: Mapping[str, str]) -> None:
    """Makes a layer one of another class."""
    old = entry["config"]
    entry["class_name"] = kind
    entry["config"] = {now: old[name] for name, now in arguments.items()} | {
        name: old[name] for name in ("name", "dtype") if name in old
    }
    if "module" in entry:
        entry |= {"module": "keras.layers", "registered_name": None}


def _arguments(kind: str, config: dict[str, Any], origin: str) -> dict[str, Any]:
    """The arguments of a layer without those that are no more."""
    gone = {**_GONE, **_GONE_OF.get(kind, {})}
    _check_arguments(kind, config, gone, origin)
    named = _NOW_NAMED.get(kind, {})
    kept = {named.get(key, key): value for key, value in config.items() if key not in gone or kind == "Embedding"}
    if kind == "InputLayer":
        shape = kept.pop("batch_input_shape", None)
        return kept if shape is None else {**kept, "batch_shape": shape}
    if kind == "BatchNormalization" and isinstance(kept.get("axis"), list):
        [kept["axis"]] = kept["axis"]
    if kind in ("GRU", "GRUCell"):
        kept.setdefault("reset_after", False)  # Keras 2.1 had no other way, and did not write it
    if kind == "Lambda" and isinstance(kept.get("function"), list):
        kept["function"] = _lambda(kept["function"])
    for inner in kept.values():
        if isinstance(inner, dict) and isinstance(inner.get("config"), dict) and inner["class_name"] != "InputLayer":
            inner["config"].pop("batch_input_shape", None)  # of a layer within a layer
    for name, value in kept.items():
        if name.endswith(_TRAINING_ONLY):
            kept[name] = None  # may be a class of the author's own, and scores do not depend on it
        if name.endswith("activation"):
            kept[name] = _activation(value)
        if name.endswith("_initializer") and isinstance(value, dict) and isinstance(value.get("config"), dict):
            value["config"].pop("dtype", None)  # Keras 2.2 wrote it there
    return kept


def _check_arguments(kind: str, config: Mapping[str, Any], gone: Mapping[str, Any], origin: str) -> None:
    """Refuses what Keras 3 cannot express, or would read in another way."""
    lost = [name for name, neutral in gone.items() if neutral is not _ANY and config.get(name, neutral) != neutral]
    lost += [name for name, values in _OTHERWISE.get(kind, {}).items() if config.get(name) in values]
    if kind == "BatchNormalization" and isinstance(config.get("axis"), list) and len(config["axis"]) != 1:
        lost.append("axis")
    for name in lost:
        raise ModelError(
            f"{origin}: layer {config.get('name', kind)} ({kind}) has {name}={config[name]!r}, which Keras 3 lacks or "
            "reads in another way",
            hint=SAVED_MODEL,
        )
    if kind == "RandomCrop":
        raise ModelError(
            f"{origin}: layer {config.get('name', kind)} (RandomCrop) crops a picture in another way since Keras 3",
            hint=f"leave it out of the model that is exported, or {SAVED_MODEL}",
        )


def _activation(value: Any) -> Any:
    """An activation by a name that means the same in Keras 3."""
    name = value["config"] if isinstance(value, dict) and value.get("class_name") == "function" else value
    if name != "hard_sigmoid":
        return value
    return {"class_name": "function", "config": HARD_SIGMOID, "module": None, "registered_name": HARD_SIGMOID}


def _lambda(function: list[Any]) -> dict[str, Any]:
    code, defaults, closure = function
    return {"class_name": "__lambda__", "config": {"code": code, "defaults": defaults, "closure": closure}}


def _sequential(config: Any) -> dict[str, Any]:
    """A stack of layers that begins with its input; Keras 2 wrote the shape into the first layer, or in both."""
    config = {"name": "sequential", "layers": config} if isinstance(config, list) else config
    layers = config["layers"]
    shapes = [layer["config"].pop("batch_input_shape", None) for layer in layers if isinstance(layer["config"], dict)]
    if layers and layers[0]["class_name"] != "InputLayer" and shapes[0] is not None:
        dtype = layers[0]["config"].get("dtype", "float32")
        dtype = "float32" if "mixed" in str(dtype) else dtype
        arguments = {"batch_shape": shapes[0], "dtype": dtype, "name": "image"}
        first: dict[str, Any] = {"class_name": "InputLayer", "config": arguments}
        if "module" in layers[0]:
            first |= {"module": "keras.layers", "registered_name": None}
        config["layers"] = [first, *layers]
    return config  # type: ignore[no-any-return]
