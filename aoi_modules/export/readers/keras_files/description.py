"""A Keras file as it describes itself, read without Keras: its model's configuration, and who wrote it."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from aoi_modules.errors import ModelError
from aoi_modules.first_line import first_line

CONFIG, _METADATA = "config.json", "metadata.json"
WEIGHTS = "model.weights.h5"
"""Where the weights lie in a `.keras` file; in a legacy file it is the group `model_weights`."""


@dataclass(frozen=True)
class KerasFile:
    """A Keras file's own description of its model.

    Args:
        path: the file.
        config: of the model, {"class_name": ..., "config": ...}.
        version: of the Keras that wrote it; empty before Keras 2.0.
        backend: that it was trained with; empty where the file does not say.
        legacy: it is an HDF5 file, and no zip.
    """

    path: Path
    config: Mapping[str, Any]
    version: str
    backend: str = ""
    legacy: bool = False

    @property
    def keras2(self) -> bool:
        """Whether it is from before Keras 3."""
        return not self.version or self.version.split(".")[0] in ("1", "2")


def read_config(path: Path) -> KerasFile:
    """What a Keras file says about its model.

    Raises:
        ModelError: missing, damaged, or no Keras model.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such file", hint="aoi train RECIPE --out DIR writes DIR/model.keras")
    try:
        file = _read_zip(path) if zipfile.is_zipfile(path) else _read_hdf5(path)
    # An encrypted member is a RuntimeError, as are brackets in brackets without end.
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(
            f"{path}: not readable as a Keras model: {first_line(error)}", hint="copy it again, or save the model again"
        ) from error
    if not isinstance(file.config, dict) or not isinstance(file.config.get("config"), (dict, list)):
        raise ModelError(
            f"{path}: not readable as a Keras model: its configuration describes none",
            hint="save the whole model again: model.save('model.keras')",
        )
    return file


def _read_zip(path: Path) -> KerasFile:
    with zipfile.ZipFile(path) as archive:
        metadata = json.loads(archive.read(_METADATA)) if _METADATA in archive.namelist() else {}
        version = str(metadata.get("keras_version", "")) if isinstance(metadata, dict) else ""
        return KerasFile(path, json.loads(archive.read(CONFIG)), version)


def _read_hdf5(path: Path) -> KerasFile:
    with h5py.File(path, "r") as file:
        version, backend = (_text(file.attrs.get(name, "")) for name in ("keras_version", "backend"))
        return KerasFile(path, json.loads(file.attrs["model_config"]), version, backend, legacy=True)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
