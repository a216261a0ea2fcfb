"""The classes of the layers in a configuration: which there are, and which of them Keras 3 does not have.

Keras finds a layer of a legacy file by the name of its class alone, and loses arguments on that way: an `axis` of
several axes becomes the last one, without a word. So each layer gets the module that a `.keras` file would name.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from aoi_modules.errors import ModelError

_MODULES = {"Functional": "keras.src.models.functional", "Sequential": "keras"}
_INNER = ("layer", "forward_layer", "backward_layer", "cell")
_WHOLE_MODEL = "write it as a SavedModel with the Keras that made it (model.export(DIR), before Keras 2.13 "
SAVED_MODEL = f"{_WHOLE_MODEL}tf.saved_model.save(model, DIR)) and export that folder"
"""What to do with a Keras file that cannot be read."""


def layers_in(entry: Any) -> Iterator[dict[str, Any]]:
    """The layers and models below a configuration at any depth, itself first, in the order of the file."""
    if isinstance(entry, list):
        for one in entry:
            yield from layers_in(one)
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str) or "config" not in entry:
        return
    yield entry
    config = entry["config"]
    if isinstance(config, list):  # a stack of layers before Keras 2.2.3
        yield from layers_in(config)
    elif isinstance(config, dict):
        yield from layers_in(config.get("layers"))
        yield from layers_in(config.get("cells"))
        for key in _INNER:
            yield from layers_in(config.get(key))


def locate(config: Mapping[str, Any]) -> None:
    """Names the module of each layer of a legacy file, in place."""
    for layer in layers_in(config):
        kind = layer["class_name"]
        layer.setdefault("module", _MODULES.get(kind, "keras.layers"))
        layer.setdefault("registered_name", kind)


def check_functions(config: Mapping[str, Any], origin: str) -> None:
    """Refuses functions of `keras.ops` in a legacy file of Keras 3, which keeps their names without their arguments.

    Some are called as a layer is, `Softmax` and `Concatenate`, and would become that layer on its default axis.

    Raises:
        ModelError: says which.
    """
    for layer in layers_in(config):
        if layer["class_name"] not in _MODULES and "dtype" not in layer["config"]:  # which every layer writes
            raise ModelError(
                f"{origin}: {layer['config'].get('name')} is the function {layer['class_name']} of keras.ops, and a "
                "legacy .h5 file has lost its arguments",
                hint="save it as a .keras file with the Keras that made it: model.save('model.keras')",
            )


def check_classes(config: Mapping[str, Any], known: Collection[str], origin: str) -> None:
    """Refuses classes that Keras 3 does not have: the author's own, and those that are no more.

    Args:
        config: of the model.
        known: names of the classes that can be made.
        origin: for messages.

    Raises:
        ModelError: says which layer, and its class.
    """
    for layer in layers_in(config):
        if layer["class_name"].rpartition(">")[2] in known:
            continue
        name = layer["config"].get("name") if isinstance(layer["config"], dict) else None
        what = f"layer {name} is" if layer is not config else "the model is"
        raise ModelError(
            f"{origin}: {what} of the class {layer['class_name']}, which Keras 3 does not have (a class of the "
            "author's own, or one that is no more)",
            hint=SAVED_MODEL,
        )
