"""Keras files -> networks: `.keras` and legacy `.h5`, by Keras 3 or Keras 2.

Nothing is compiled: the losses and metrics that a model was trained with, often the author's own, are not needed to
run it. Python code inside a file (Lambda layers) is not run, unless the caller says that it may.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py

from aoi_modules.errors import AoiError, Argument, ModelError, first_line
from aoi_modules.export.network import Network
from aoi_modules.export.readers.inputs import InputTensor, Shape, find_inputs
from aoi_modules.export.readers.keras2_config import is_keras2, lambda_layers, repaired
from aoi_modules.export.readers.keras2_functions import CUSTOM_OBJECTS
from aoi_modules.export.readers.outputs import build_network, check_scores, safe_names, score_names
from aoi_modules.export.reading import AS_WRITTEN, Reading
from aoi_modules.tf import keras, tf
from aoi_modules.training.networks.tiling import TileByTile

ONLY_OUTPUT = "score"
"""What the output of a network with one unnamed output is called."""
OUR_LAYERS = {TileByTile.__name__: TileByTile}
"""Layers of our own that a model of `aoi train` may have."""
_CONFIG, _METADATA = "config.json", "metadata.json"


@dataclass(frozen=True)
class KerasFile:
    """A Keras file's own description of its model, read without Keras."""

    path: Path
    config: Mapping[str, Any]
    version: str


def read_keras_network(path: Path, reading: Reading = AS_WRITTEN) -> Network:
    """Reads a `.keras` file or a legacy `.h5` file.

    The outputs are called as the keys of the model's dict of outputs, or as its output layers; the only output of a
    model without a dict is called `score`.

    Args:
        path: the file.
        reading: says the size, for a model that takes any; which outputs to keep, default all; and whether the Python
            code that Lambda layers carry may run.

    Raises:
        ModelError: it cannot be read, holds Python code, or does not map pictures to (N, K).
    """
    return network_of(load_model(path, allow_lambda=reading.allow_lambda), str(path), reading)


def network_of(model: Any, origin: str = "the model", reading: Reading = AS_WRITTEN) -> Network:
    """Makes a network of a Keras model in memory.

    Args:
        model: a Keras model on a known input.
        origin: for messages.
        reading: see `read_keras_network`.

    Raises:
        ModelError: it does not map pictures to (N, K).
    """
    structure = _structure(model, "input")
    tensors = keras.tree.flatten(structure)
    entries = [
        InputTensor(str(number), tuple(tensor.shape), tf.as_dtype(tensor.dtype), label)
        for number, (tensor, label) in enumerate(zip(tensors, _input_labels(structure, tensors), strict=True))
    ]
    inputs = find_inputs(entries, reading.size, origin)
    outputs = _outputs(model, origin)
    types = {name: tf.as_dtype(tensor.dtype) for name, tensor in outputs.items()}
    safe = safe_names(score_names(types, reading.outputs, origin))
    for name, own in safe.items():
        check_scores(name, outputs[own], origin)

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        fed = inputs.feed(pictures, features)
        answers = model(keras.tree.pack_sequence_as(structure, [fed[entry.name] for entry in entries]), training=False)
        by_name = answers if isinstance(answers, dict) else dict(zip(outputs, keras.tree.flatten(answers), strict=True))
        return {name: by_name[own] for name, own in safe.items()}

    units: dict[str, Shape] = {name: tuple(outputs[own].shape) for name, own in safe.items()}
    known = all(shape is not None and None not in shape[1:] for shape in units.values())
    return build_network(run, inputs, origin, units=units if known else None)


def load_model(path: Path, *, allow_lambda: bool = False) -> Any:
    """The Keras model in a file, for inference.

    Raises:
        ModelError: it cannot be read, or holds Python code.
    """
    file = read_config(path)
    code = lambda_layers(file.config)
    if code and not allow_lambda:
        allowed = Argument("allow_lambda", True)
        raise ModelError(
            f"{path}: holds Python code (Lambda layers: {', '.join(code)}), which is not run",
            hint=f"if you trust whoever made the file: {allowed}",
            arguments=[allowed],
        )
    try:
        if is_keras2(file.version) or path.suffix not in (".keras", ".h5", ".hdf5"):
            model = _load_rewritten(file, allow_lambda)
        else:
            model = _load(path, allow_lambda)
    except AoiError:
        raise
    except Exception as error:  # Keras raises whatever its zip, HDF5 and layer code meets
        raise ModelError(
            f"{path}: not readable as a Keras model (written by Keras {file.version or 'before 2.0'}, "
            f"read by Keras {keras.__version__}): {first_line(error)}",
            hint="write it as a SavedModel with the Keras that made it (model.export(DIR), before Keras 2.13 "
            "tf.saved_model.save(model, DIR)) and read that; a legacy .h5 file with functions of keras.ops has lost "
            "their arguments, save it as a .keras file",
        ) from error
    if not getattr(model, "inputs", None):
        raise ModelError(f"{path}: expected a model with a known input", hint="build it on keras.Input before saving")
    return model


def read_config(path: Path) -> KerasFile:
    """What a Keras file says about its model.

    Raises:
        ModelError: missing, damaged, or no Keras model.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such file", hint="aoi train RECIPE --out DIR writes DIR/model.keras")
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                metadata = json.loads(archive.read(_METADATA)) if _METADATA in archive.namelist() else {}
                config, version = json.loads(archive.read(_CONFIG)), str(metadata.get("keras_version", ""))
        else:
            with h5py.File(path, "r") as file:
                config, version = json.loads(file.attrs["model_config"]), _text(file.attrs.get("keras_version", ""))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path}: not readable as a Keras model: {first_line(error)}", hint="copy or save it again"
        ) from error
    if not isinstance(config, dict):
        raise ModelError(f"{path}: not readable as a Keras model: its configuration is no object", hint="save it again")
    return KerasFile(path, config, version)


def _load(path: Path, allow_lambda: bool) -> Any:
    return keras.models.load_model(path, {**CUSTOM_OBJECTS, **OUR_LAYERS}, compile=False, safe_mode=not allow_lambda)


def _load_rewritten(file: KerasFile, allow_lambda: bool) -> Any:
    """Loads a copy with the configuration that Keras 3 understands, under a suffix that it knows."""
    config = repaired(file.config, str(file.path)) if is_keras2(file.version) else file.config
    with TemporaryDirectory(prefix="aoi-") as folder:
        if zipfile.is_zipfile(file.path):
            copy = Path(folder) / "model.keras"
            with zipfile.ZipFile(file.path) as old, zipfile.ZipFile(copy, "w") as new:
                for name in old.namelist():
                    new.writestr(name, json.dumps(config) if name == _CONFIG else old.read(name))
        else:
            copy = Path(folder) / "model.h5"
            with h5py.File(file.path, "r") as old, h5py.File(copy, "w") as new:
                old.copy("model_weights", new)  # not the optimizer's state
                new.attrs["model_config"] = json.dumps(config)
        return _load(copy, allow_lambda)


def _structure(model: Any, name: str) -> Any:
    """A model's input or output as it was built: a tensor, list or dict."""
    tensors = getattr(model, f"{name}s")
    if isinstance(model, keras.Sequential):
        return tensors[0]
    return getattr(model, name, tensors)


def _input_labels(structure: Any, tensors: list[Any]) -> list[str]:
    """What a model's inputs are called: by the keys of a dict, else by the names of its input layers."""
    if isinstance(structure, dict) and len(structure) == len(tensors):
        return list(keras.tree.flatten({key: key for key in structure}))
    return [str(getattr(tensor, "name", "")) for tensor in tensors]


def _outputs(model: Any, origin: str) -> dict[str, Any]:
    """{output: its tensor} in the model's own order."""
    structure = _structure(model, "output")
    tensors = keras.tree.flatten(structure)
    if isinstance(structure, dict):
        if not all(hasattr(tensor, "shape") for tensor in structure.values()):
            raise ModelError(f"{origin}: expected a dict of tensors. Received: outputs in a dict of {structure}")
        return structure
    if len(tensors) == 1:
        return {ONLY_OUTPUT: tensors[0]}
    names = list(getattr(model, "output_names", ()))
    if len(set(names)) != len(tensors):
        names = [f"{ONLY_OUTPUT}_{number}" for number in range(len(tensors))]
    return dict(zip(names, tensors, strict=True))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
