"""Configurations of models that Keras 2 wrote -> the same models in the words of Keras 3.

Keras 3 refuses nearly every file of Keras 2 for small reasons: an argument that exists no longer and had its neutral
value, a class that moved, a shape under another name. Each repair here is one of these, and is made only where it
changes no score. What had a value that Keras 3 cannot express is refused by name.
"""

from collections.abc import Collection, Mapping
from typing import Any

from aoi_modules.errors import ModelError

FUNCTIONS = ("TFOpLambda", "SlicingOpLambda")
"""Keras 2 wrote plain calls of TensorFlow (`x / 255`, `tf.concat`, `x[:, 1:]`) as layers of these classes."""
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
    "Lambda": {"function_type": _ANY, "module": _ANY, "output_shape_type": _ANY, "output_shape_module": _ANY},
    "SeparableConv1D": _DEPTHWISE,
    "SeparableConv2D": _DEPTHWISE,
    "SpatialDropout1D": _SPATIAL,
    "SpatialDropout2D": _SPATIAL,
}
_TRAINING_ONLY = ("_regularizer", "_constraint")


def is_keras2(version: str) -> bool:
    """Whether a file that names this version (or none) is from before Keras 3."""
    return not version or version.split(".")[0] in ("1", "2")


def repaired(config: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """The configuration as Keras 3 reads it; the given one stays as it is.

    Args:
        config: of a model, {"class_name": ..., "config": ...}.
        origin: for messages.

    Raises:
        ModelError: it uses something that Keras 3 does not have.
    """
    result: dict[str, Any] = _walk(config, origin)
    return result


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
    if kind in ("Functional", "Model"):
        # It moved: keras.engine.functional, keras.src.engine.functional, tf_keras.src.engine.functional.
        entry["class_name"] = "Functional"
        if "module" in entry:
            entry["module"] = "keras.src.models.functional"
        if isinstance(entry["config"], dict) and "layers" in entry["config"]:
            _repair_calls(entry["config"])
    elif kind == "Sequential":
        entry["config"] = _sequential(entry["config"])
    elif kind in FUNCTIONS:
        entry["config"] = {"name": entry["config"]["name"], "function": entry["config"]["function"]}
    elif isinstance(entry["config"], dict):
        entry["config"] = _arguments(kind, entry["config"], origin)
    return entry


def _arguments(kind: str, config: dict[str, Any], origin: str) -> dict[str, Any]:
    """The arguments of a layer without those that are no more."""
    gone = {**_GONE, **_GONE_OF.get(kind, {})}
    for name, neutral in gone.items():
        if name in config and config[name] != neutral and neutral is not _ANY:
            raise ModelError(
                f"{origin}: layer {config.get('name', kind)} ({kind}) has {name}={config[name]!r}, which Keras 3 lacks",
                hint="write it as a SavedModel with the Keras that made it: tf.saved_model.save(model, DIR)",
            )
    kept = {name: value for name, value in config.items() if name not in gone or kind == "Embedding"}
    if kind == "InputLayer":
        shape = kept.pop("batch_input_shape", None)
        return kept if shape is None else {**kept, "batch_shape": shape}
    if kind == "BatchNormalization" and isinstance(kept.get("axis"), list):
        kept["axis"] = kept["axis"][0]
    if kind == "Lambda" and isinstance(kept.get("function"), list):
        kept["function"] = _lambda(kept["function"])
    for name, value in kept.items():
        if name.endswith(_TRAINING_ONLY):
            kept[name] = None  # may be a class of the author's own, and scores do not depend on it
        if name.endswith("_initializer") and isinstance(value, dict) and isinstance(value.get("config"), dict):
            value["config"].pop("dtype", None)  # Keras 2.2 wrote it there
    return kept


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
        arguments = {"batch_shape": shapes[0], "dtype": dtype, "name": "image"}
        first: dict[str, Any] = {"class_name": "InputLayer", "config": arguments}
        if "module" in layers[0]:
            first |= {"module": "keras.layers", "registered_name": None}
        config["layers"] = [first, *layers]
    return config  # type: ignore[no-any-return]


def _repair_calls(config: dict[str, Any]) -> None:
    """The calls inside a functional model in the form of Keras 3, which alone knows tensors among named arguments."""
    layers = config["layers"]
    calls = {layer["name"]: len(layer.get("inbound_nodes", [])) for layer in layers}
    models = {layer["name"] for layer in layers if layer["class_name"] in ("Functional", "Sequential")}
    shift = {name: 1 for name in models if name in _counted_from_one(config, calls)}
    for layer in layers:
        if isinstance(layer["config"], dict) and layer["class_name"] != "InputLayer":
            layer["config"].pop("batch_input_shape", None)
        layer["inbound_nodes"] = [_call(call, calls, shift) for call in layer.get("inbound_nodes", [])]
    # For the outputs Keras 3 itself counts the calls of a functional model from one, and of no other.
    functional = {layer["name"] for layer in layers if layer["class_name"] == "Functional"}
    for key in ("input_layers", "output_layers"):
        config[key] = _unpacked(_shifted(config[key], calls, {n: shift.get(n, 0) - (n in functional) for n in models}))


def _counted_from_one(references: Any, calls: Mapping[str, int]) -> set[str]:
    """Models inside the model whose first call Keras 2 counted as 1; 0 was the call that had built them."""
    if not isinstance(references, (dict, list)):
        return set()
    found: set[str] = set()
    if _is_tensor(references, calls):
        name, number, _, *references = references
        found = {name} if number >= max(calls[name], 1) else set()
    values = references.values() if isinstance(references, dict) else references
    return found.union(*(_counted_from_one(value, calls) for value in values))


def _is_tensor(value: Any, calls: Collection[str]) -> bool:
    """Whether it is [layer, call, output] or [layer, call, output, named arguments]."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and value[0] in calls
        and isinstance(value[1], int)
    )


def _call(call: Any, calls: Collection[str], shift: Mapping[str, int]) -> Any:
    """One call of a layer.

    Keras 2 wrote [[layer, call, output, named arguments], ...], one for each tensor of the first argument, or just
    the inner list for a function of TensorFlow.
    """
    if not call or not isinstance(call, list):
        return call
    entries = [call] if isinstance(call[0], str) else call
    first = [_argument(entry[:3], calls, shift) for entry in entries]
    named = entries[0][3] if len(entries[0]) > 3 else {}  # every entry repeats them
    arguments = {name: _argument(value, calls, shift) for name, value in named.items() if value is not None}
    return {"args": [_unpacked(first)], "kwargs": arguments}


def _argument(value: Any, calls: Collection[str], shift: Mapping[str, int]) -> Any:
    """An argument with its tensors in the form of Keras 3."""
    if _is_tensor(value, calls):
        # Shape and type are of no use to Keras 3 here: it looks the tensor up by its history.
        config = {"shape": [], "dtype": "float32", "keras_history": _shifted(value[:3], calls, shift)}
        return {"class_name": "__keras_tensor__", "config": config}
    if isinstance(value, list):
        if len(value) >= 3 and value[0] == "_CONSTANT_VALUE":
            return value[2]
        return [_argument(inner, calls, shift) for inner in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__ellipsis__":
            return "..."
        return {key: _argument(inner, calls, shift) for key, inner in value.items()}
    return value


def _shifted(references: Any, calls: Collection[str], shift: Mapping[str, int]) -> Any:
    if _is_tensor(references, calls):
        name, number, *rest = references
        return [name, number - shift.get(name, 0), *rest]
    if isinstance(references, dict):
        return {key: _shifted(value, calls, shift) for key, value in references.items()}
    return [_shifted(value, calls, shift) for value in references]


def _unpacked(values: Any) -> Any:
    """A list of one thing is that thing."""
    return values[0] if isinstance(values, list) and len(values) == 1 else values
