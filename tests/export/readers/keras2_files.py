"""Files as Keras 2 wrote them: a file of Keras 3 whose configuration is put back into the words of Keras 2."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from aoi_modules.tf import keras

Edit = Callable[[dict[str, Any]], None]
VERSION = "2.15.0"


def write_h5(model: keras.Model, path: Path, edit: Edit = lambda config: None, *, version: str = VERSION) -> Path:
    """A legacy HDF5 file; the weights lie in it as Keras 3 writes them, which is as Keras 2 did."""
    model.save(path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        backdate(config)
        edit(config)
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = version
    return path


def write_keras(model: keras.Model, path: Path, edit: Edit = lambda config: None) -> Path:
    """A `.keras` file."""
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    backdate(config)
    edit(config)
    members["config.json"] = json.dumps(config).encode()
    members["metadata.json"] = json.dumps({"keras_version": VERSION}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def backdate(entry: Any) -> None:
    """A configuration of Keras 3 -> Keras 2, where the two differ."""
    if isinstance(entry, list):
        for value in entry:
            backdate(value)
    if not isinstance(entry, dict):
        return
    for value in entry.values():
        backdate(value)
    config = entry.get("config")
    if not isinstance(config, dict):
        return
    kind = entry["class_name"]
    if isinstance(config.get("dtype"), dict):
        name = config["dtype"]["config"]["name"]
        config["dtype"] = name if name == "float32" else {"class_name": "Policy", "config": {"name": name}}
    if kind == "Functional":
        if "module" in entry:
            entry["module"] = "keras.src.engine.functional"
        for layer in config["layers"]:
            layer["inbound_nodes"] = [old_call(node) for node in layer["inbound_nodes"]]
        for key in ("input_layers", "output_layers"):
            if isinstance(config[key], list) and isinstance(config[key][0], str):
                config[key] = [config[key]]
    if kind == "InputLayer":
        config["batch_input_shape"] = config.pop("batch_shape")
        config["ragged"] = False
    if kind == "BatchNormalization":
        config["axis"] = [config["axis"] % 4]
    if kind in ("DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"):
        config["groups"] = 1
    if kind == "LSTM":
        config["time_major"] = False


def old_call(node: dict[str, Any]) -> list[Any]:
    tensors = node["args"][0] if isinstance(node["args"][0], list) else [node["args"][0]]
    named = {name: value for name, value in node["kwargs"].items() if value is not None}
    return [[*tensor["config"]["keras_history"], named] for tensor in tensors]


def tensorflow_layer(name: str, function: str, call: list[Any]) -> dict[str, Any]:
    """A call of TensorFlow inside a functional model as Keras 2 wrote it."""
    kind = "SlicingOpLambda" if function.endswith("getitem") else "TFOpLambda"
    config = {"name": name, "trainable": True, "dtype": "float32", "function": function}
    return {"class_name": kind, "config": config, "name": name, "inbound_nodes": [call]}
