"""The weights of a `.keras` file of Keras 2 -> a model, each in its place.

Inside the file the layers of a model have no names. They are counted by class, in the order of the configuration:
`conv2d`, `conv2d_1`, and until Keras 2.13 `conv2d`, `conv2d_2`. Inside a layer a part is called as its attribute:
`forward_layer`, `cell`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import h5py

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.classes import SAVED_MODEL
from aoi_modules.export.readers.keras_files.h5_weights import layers_within
from aoi_modules.export.readers.keras_files.keras2_config import without_slashes
from aoi_modules.tf import keras

_CONTAINERS = ("_layer_checkpoint_dependencies", "layers")  # until Keras 2.13, and after
_NO_LAYERS = ("optimizer", "metrics", "_metrics", "seed_generators")


def fill(model: Any, config: Mapping[str, Any], group: h5py.Group, origin: str) -> None:
    """Gives the model's layers their weights.

    Args:
        model: as the file describes it.
        config: of the model, as it stands in the file.
        group: of the weights.
        origin: for messages.

    Raises:
        ModelError: a weight has no place, or a place no weight.
    """
    filled: set[int] = set()
    _fill(model, config, group, origin, filled)
    missing = [variable.path for variable in model.weights if id(variable) not in filled]
    if missing:
        raise ModelError(f"{origin}: has no weight for {', '.join(missing[:5])} of Keras 3", hint=SAVED_MODEL)


def _fill(layer: Any, entry: Any, group: h5py.Group, origin: str, filled: set[int]) -> None:
    """Fills a layer and the layers in it; `entry` describes it, where the file does."""
    _fill_own(layer, group, origin, filled)
    for key in group:
        if key == "vars" or key in _NO_LAYERS or not _holds_weights(group[key]):
            continue
        if key in _CONTAINERS and isinstance(layer, keras.Model):
            for inner, described, part in _parts(layer, entry, group[key], origin):
                _fill(inner, described, part, origin, filled)
        elif isinstance(inner := getattr(layer, key, None), keras.layers.Layer):
            _fill(inner, _described(entry, key), group[key], origin, filled)
        elif isinstance(inner, (list, tuple)):
            for number, (cell, part) in enumerate(zip(inner, _counted(group[key]), strict=True)):
                _fill(cell, _described(entry, key, number), group[key][part], origin, filled)
        else:
            raise _no_place(f"{group.name}/{key}", origin)


def _fill_own(layer: Any, group: h5py.Group, origin: str, filled: set[int]) -> None:
    own = group.get("vars", {})
    if not len(own):
        return
    layer.load_own_variables({number: own[number][()] for number in own})
    inner = {id(variable) for part in layers_within(layer) for variable in part.weights}
    filled |= {id(variable) for variable in layer.weights} - inner


def _parts(model: Any, entry: Any, group: h5py.Group, origin: str) -> list[tuple[Any, Any, h5py.Group]]:
    """The layers of a model that have weights in the file, each with its description and its group."""
    by_name = {layer.name: layer for layer in model.layers}
    by_class: dict[str, list[Any]] = {}
    for described in _layer_entries(entry):
        by_class.setdefault(_snake_case(described["class_name"].rpartition(">")[2]), []).append(described)
    found = []
    groups: dict[str, list[str]] = {}
    for name in _counted(group):
        groups.setdefault(_class_of(name, by_class), []).append(name)
    for kind, names in groups.items():
        described = by_class.get(kind, [])
        if len(names) != len(described):
            if any(_holds_weights(group[name]) for name in names):
                raise _no_place(f"{group.name}/{kind}", origin)
            continue
        for one, name in zip(described, names, strict=True):
            layer = by_name.get(without_slashes(one["config"]["name"]))
            if layer is not None:
                found.append((layer, one, group[name]))
            elif _holds_weights(group[name]):
                raise _no_place(f"{group.name}/{name}", origin)
    return found


def _layer_entries(entry: Any) -> Sequence[Any]:
    """What the configuration says about the layers of a model; a stack of layers leaves its input out of the count."""
    layers = entry["config"]["layers"] if isinstance(entry, Mapping) else []
    return [layer for layer in layers if isinstance(layer, Mapping)]


def _described(entry: Any, key: str, number: int | None = None) -> Any:
    """What the configuration says about a part of a layer; None where it says nothing."""
    config = entry.get("config") if isinstance(entry, Mapping) else None
    found = config.get(key) if isinstance(config, Mapping) else None
    return found[number] if isinstance(found, list) and number is not None else found


def _class_of(name: str, known: Mapping[str, Any]) -> str:
    """The class that a group was counted by; `known` are those in the configuration."""
    return name if name in known else re.sub(r"_\d+$", "", name)


def _counted(group: h5py.Group) -> list[str]:
    """Names in the order that they were counted in."""
    return sorted(group, key=lambda name: int((re.findall(r"_(\d+)$", name) or [0])[0]))


def _holds_weights(group: Any) -> bool:
    return isinstance(group, h5py.Dataset) or any(_holds_weights(group[key]) for key in group)


def _snake_case(name: str) -> str:
    """As Keras writes a class in its files: `LayerScale` -> `layer_scale`, `Conv2D` -> `conv2d`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _no_place(weights: str, origin: str) -> ModelError:
    return ModelError(f"{origin}: has weights at {weights}, for which Keras 3 has no place", hint=SAVED_MODEL)
