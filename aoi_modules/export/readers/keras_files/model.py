"""Keras files -> Keras models for inference: `.keras` and legacy `.h5`, by Keras 3 or Keras 2.

Keras 3 itself loads what it wrote as `.keras`. Of all others it makes the model only; the weights are placed here,
because the ways of Keras 3 go by order alone: what has another order in the file gets a wrong weight without a word.
"""

import copy
import io
import json
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py

from aoi_modules.errors import AoiError, Argument, ModelError
from aoi_modules.export.readers.keras_files import h5_weights, keras2_weights
from aoi_modules.export.readers.keras_files.classes import (
    SAVED_MODEL,
    check_classes,
    check_functions,
    layers_in,
    locate,
)
from aoi_modules.export.readers.keras_files.description import CONFIG, WEIGHTS, KerasFile, read_config
from aoi_modules.export.readers.keras_files.keras2_config import lambda_layers, repaired
from aoi_modules.export.readers.keras_files.keras2_functions import FUNCTION_OBJECTS
from aoi_modules.export.readers.keras_files.keras2_layers import LAYER_OBJECTS
from aoi_modules.export.readers.keras_files.keras3_config import unwrap_outputs
from aoi_modules.first_line import first_line
from aoi_modules.tf import keras
from aoi_modules.training.networks.tiling import TileByTile

OUR_LAYERS = {TileByTile.__name__: TileByTile}
"""Layers of our own that a model of `aoi train` may have."""
CUSTOM_OBJECTS = {**FUNCTION_OBJECTS, **LAYER_OBJECTS, **OUR_LAYERS}


def load_model(path: Path, *, allow_lambda: bool = False) -> Any:
    """The Keras model in a file, for inference.

    Raises:
        ModelError: it cannot be read, or holds Python code.
    """
    file = read_config(path)
    _check_code(file, allow_lambda)
    if file.backend == "theano":
        raise ModelError(
            f"{path}: was written by Keras on Theano, whose convolutions turn their kernels around",
            hint="load it once with Keras 2 on TensorFlow, and save it there again: model.save('model.h5')",
        )
    try:
        model = _load(file, allow_lambda)
    except AoiError:
        raise
    except Exception as error:  # Keras raises whatever its zip, HDF5 and layer code meets
        raise ModelError(
            f"{path}: not readable as a Keras model (written by Keras {file.version or 'before 2.0'}, "
            f"read by Keras {keras.__version__}): {first_line(error)}",
            hint=SAVED_MODEL,
        ) from error
    if not getattr(model, "inputs", None):
        raise ModelError(f"{path}: expected a model with a known input", hint="build it on keras.Input before saving")
    return model


def _load(file: KerasFile, allow_lambda: bool) -> Any:
    origin, known = str(file.path), _known_classes()
    if not file.legacy and not file.keras2:
        layers = layers_in(file.config)
        own = {layer["class_name"] for layer in layers if str(layer.get("module")).startswith("keras.")}
        check_classes(file.config, known | own, origin)
        return _loaded_by_keras(file, allow_lambda)
    if file.keras2:
        config = repaired(file.config, origin)
    else:
        config = copy.deepcopy(dict(file.config))
        check_functions(config, origin)
        unwrap_outputs(config)
    check_classes(config, known, origin)
    locate(config)
    config.pop("compile_config", None)
    model = keras.saving.deserialize_keras_object(config, CUSTOM_OBJECTS, safe_mode=not allow_lambda)
    _fill(model, file)
    return model


def _loaded_by_keras(file: KerasFile, allow_lambda: bool) -> Any:
    config = copy.deepcopy(dict(file.config))
    with TemporaryDirectory(prefix="aoi-") as folder:
        path = Path(folder) / "model.keras"  # Keras goes by the ending
        if unwrap_outputs(config):
            _copy(file.path, path, config)
        else:
            path.symlink_to(file.path.resolve())
        return keras.saving.load_model(path, CUSTOM_OBJECTS, compile=False, safe_mode=not allow_lambda)


def _copy(source: Path, target: Path, config: Any) -> None:
    """Writes a `.keras` file with another configuration."""
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w") as written:
        for member in given.infolist():
            if member.filename == CONFIG:
                written.writestr(CONFIG, json.dumps(config))
                continue
            with given.open(member) as content, written.open(member.filename, "w", force_zip64=True) as copied:
                shutil.copyfileobj(content, copied)


def _fill(model: Any, file: KerasFile) -> None:
    """Places the weights of a file that are not as Keras 3 writes them."""
    if file.legacy:
        with h5py.File(file.path, "r") as content:
            h5_weights.fill(model, content["model_weights"], str(file.path))
        return
    with zipfile.ZipFile(file.path) as archive:
        weights = io.BytesIO(archive.read(WEIGHTS))
    with h5py.File(weights, "r") as content:
        keras2_weights.fill(model, file.config, content, str(file.path))


def _check_code(file: KerasFile, allow_lambda: bool) -> None:
    code = lambda_layers(file.config)
    if code and not allow_lambda:
        allowed = Argument("allow_lambda", True)
        raise ModelError(
            f"{file.path}: holds Python code (Lambda layers: {', '.join(code)}), which is not run",
            hint=f"if you trust whoever made the file: {allowed}",
            arguments=[allowed],
        )


def _known_classes() -> set[str]:
    """Classes of layers and models that can be made."""
    layers = {name for name in dir(keras.layers) if isinstance(getattr(keras.layers, name), type)}
    registered = {name.rpartition(">")[2] for name in keras.saving.get_custom_objects()}
    return {*layers, *registered, *CUSTOM_OBJECTS, "Functional", "Sequential"}
