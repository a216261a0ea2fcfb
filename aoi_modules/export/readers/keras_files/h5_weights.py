"""The weights of a legacy `.h5` file -> a model, each in its place.

The file keeps a list of weights for each layer of the model; a model inside the model is one of these layers, with one
list for all that is in it: first what was trained, then the rest. That order hangs on what was frozen when the file was
written, so a weight is found by its name. Only where the names say nothing the order counts, and has to agree with
what the weights are called at the end (`kernel`, `gamma`).
"""

import re
from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.classes import SAVED_MODEL
from aoi_modules.export.readers.keras_files.keras2_config import with_slashes

Values = NDArray[np.generic]
_NOW_CALLED = {"depthwise_kernel": "kernel", "Variable": "gamma"}
"""What Keras 3 calls a weight of a depthwise convolution, and of a layer scale."""


def fill(model: Any, group: h5py.Group, origin: str) -> None:
    """Gives the model's layers their weights, and lets them finish what they compute from these.

    Args:
        model: as the file describes it.
        group: `model_weights` of the file.
        origin: for messages.

    Raises:
        ModelError: a weight has no place, a place no weight, or they differ in shape.
    """
    stored = {name: _weights(group[name]) for name in _names(group, "layer_names")}
    for layer in model.layers:
        name = with_slashes(layer.name) if with_slashes(layer.name) in stored else layer.name
        _place(layer, stored.pop(name, {}), origin)
    top = _weights(group["top_level_model_weights"]) if "top_level_model_weights" in group else {}
    left = [name for name, weights in {**stored, "the model itself": top}.items() if weights]
    if left:
        raise ModelError(
            f"{origin}: has weights of {', '.join(left)}, for which Keras 3 has no place", hint=SAVED_MODEL
        )
    finish(model)


def finish(model: Any) -> None:
    """Lets layers compute what follows from their weights, wherever they are, such as the mean of a Normalization."""
    for layer in layers_within(model):
        if layer.weights and hasattr(layer, "finalize_state"):
            layer.finalize_state()


def layers_within(layer: Any) -> list[Any]:
    """All layers in a layer or model, at any depth."""
    return list(layer._flatten_layers(include_self=False))


def _place(layer: Any, stored: dict[str, Values], origin: str) -> None:
    """Gives a layer, and all layers in it, their weights."""
    variables = [*layer.trainable_weights, *layer.non_trainable_weights]
    if len(variables) != len(stored):
        raise ModelError(
            f"{origin}: layer {with_slashes(layer.name)} has {len(variables)} weights in Keras 3. Received: "
            f"{len(stored)}, {', '.join(stored) or 'none'}",
            hint=SAVED_MODEL,
        )
    paths = [with_slashes(variable.path).split("/") for variable in variables]
    names = [name.removesuffix(":0").split("/") for name in stored]
    places = _by_name(names, paths) or list(range(len(paths)))
    for (name, values), place in zip(stored.items(), places, strict=True):
        variable, own = variables[place], name.removesuffix(":0").split("/")[-1]
        if not _is_called(own, paths[place][-1]) or values.shape != tuple(variable.shape):
            raise ModelError(
                f"{origin}: layer {with_slashes(layer.name)} has the weight {'/'.join(paths[place])} of shape "
                f"{tuple(variable.shape)} in Keras 3. Received in its place: {name} of shape {values.shape}",
                hint=SAVED_MODEL,
            )
        variable.assign(values)


def _by_name(names: Sequence[list[str]], paths: Sequence[list[str]]) -> list[int] | None:
    """The place in `paths` of each name, where all are clear; one may have more scopes in front than the other."""
    places = []
    for name in names:
        called = [(place, path) for place, path in enumerate(paths) if _is_called(name[-1], path[-1])]
        exact = [place for place, path in called if path[:-1] == name[:-1]]
        alike = [place for place, path in called if _ends_with(path, name) or _ends_with(name, path)]
        if len(exact or alike) != 1:
            return None
        places += exact or alike
    return places if len(set(places)) == len(paths) else None


def _ends_with(longer: list[str], shorter: list[str]) -> bool:
    """Whether the scopes of one weight are the last of the other's."""
    return longer[-len(shorter) : -1] == shorter[:-1]


def _is_called(name: str, own: str) -> bool:
    """Whether a weight that a file calls `name` can be the one that Keras 3 calls `own`; TensorFlow 1 counted them."""
    return own in (name, re.sub(r"_\d+$", "", name), _NOW_CALLED.get(name))


def _weights(group: h5py.Group) -> dict[str, Values]:
    """{name of the weight: its values}, in the order of the file."""
    return {name: np.asarray(group[name]) for name in _names(group, "weight_names")}


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """A list of names among the attributes; a long one lies there in parts."""
    parts = [attribute] if attribute in group.attrs else []
    while not (parts and parts[0] == attribute) and f"{attribute}{len(parts)}" in group.attrs:
        parts.append(f"{attribute}{len(parts)}")
    return [name.decode() if isinstance(name, bytes) else str(name) for part in parts for name in group.attrs[part]]
