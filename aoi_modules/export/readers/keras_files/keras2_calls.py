"""The calls inside a functional model of Keras 2 -> the same calls in the form of Keras 3."""

from collections.abc import Collection, Mapping
from typing import Any


def repair_calls(config: dict[str, Any]) -> None:
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
