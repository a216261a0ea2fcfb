"""Fingerprints: SHA-256 of pictures, of weights, and of a network's layers whatever their names."""

import hashlib
import json
from typing import Any

import numpy as np

from aoi_modules.datasets.table import Table
from aoi_modules.tf import keras


def of_pictures(table: Table) -> str:
    """Computes the fingerprint of the pictures' content and order; a file's name and time do not count.

    Raises:
        NotAPicture: a file cannot be read.
    """
    total = hashlib.sha256()
    pictures = table.pictures
    if isinstance(pictures, np.ndarray):
        total.update(f"{pictures.dtype} {pictures.shape}".encode())
        total.update(np.ascontiguousarray(pictures).data)
        return total.hexdigest()
    for index in range(len(table)):
        total.update(hashlib.sha256(table.encoded(index)).digest())
    return total.hexdigest()


def of_weights(model: keras.Model) -> str:
    """Computes the fingerprint of all weights of a model, in order."""
    total = hashlib.sha256()
    for weight in model.weights:
        values = np.ascontiguousarray(weight.numpy())
        total.update(f"{values.dtype} {values.shape}".encode())
        total.update(values.tobytes())
    return total.hexdigest()


def of_network(model: keras.Model) -> str:
    """Computes the fingerprint of a model's layers, their settings and connections; names do not count."""
    config = model.get_config()
    names: dict[str, str] = {}
    _number(config, names)
    text = json.dumps(_renamed(config, names), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _number(config: Any, names: dict[str, str]) -> None:
    """Numbers the layers in the order in which they come, those of nested models and of networks in a layer too."""
    if not isinstance(config, dict):
        return
    if "layers" not in config:
        for value in config.values():
            if isinstance(value, dict) and "layers" in value.get("config", {}):
                _number(value["config"], names)
        return
    names.setdefault(config["name"], f"model {len(names)}")
    for layer in config["layers"]:
        names.setdefault(layer["config"]["name"], f"layer {len(names)}")
        _number(layer["config"], names)


JOINS = ("keras_history", "input_layers", "output_layers")
"""Parts of a model's settings that mention layers by name."""
PASSING = ("trainable", "seed")
"""What a layer does in training is no part of what it answers."""


def _renamed(config: Any, names: dict[str, str], joins: bool = False) -> Any:
    if isinstance(config, dict):
        return {
            key: names.get(value, value)
            if key == "name" and isinstance(value, str)
            else _renamed(value, names, joins or key in JOINS)
            for key, value in config.items()
            if key not in PASSING
        }
    if isinstance(config, list | tuple):
        return [_renamed(one, names, joins) for one in config]
    return names.get(config, config) if joins and isinstance(config, str) else config
