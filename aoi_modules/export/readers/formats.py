"""Any model file -> a network: which format it is, by its content, and the reader for it.

    .keras                  Keras 3, or Keras 2 from 2.12 on
    .h5, .hdf5              a whole Keras model in the legacy format
    SavedModel folder       of TensorFlow 2 or 1, or a servable of ours
    .pb                     a frozen graph of TensorFlow 1
    .onnx                   by the command onnx2tf

What cannot be read is still recognised, so that the error says what to do.
"""

import zipfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import h5py

from aoi_modules.errors import AoiError, ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.readers.frozen_network import read_frozen_network
from aoi_modules.export.readers.keras_network import read_keras_network
from aoi_modules.export.readers.onnx_network import read_onnx_network
from aoi_modules.export.readers.saved_model_network import read_saved_model
from aoi_modules.export.reading import AS_WRITTEN, Reading
from aoi_modules.first_line import first_line
from aoi_modules.modelstore import layout


class Format(StrEnum):
    """What a model file is; the value is its name for people."""

    KERAS = "a Keras file (.keras)"
    KERAS_H5 = "a Keras model in the legacy HDF5 format (.h5)"
    SAVED_MODEL = "a SavedModel folder"
    FROZEN_GRAPH = "a frozen TensorFlow graph (.pb)"
    ONNX = "an ONNX model (.onnx)"
    # recognised, but not read
    KERAS_WEIGHTS = "Keras weights without a model (.weights.h5)"
    KERAS_JSON = "the configuration of a Keras model without weights (.json)"
    VERSIONS = "a folder of numbered versions"
    SAVED_MODEL_FILE = f"the file {layout.SAVED_MODEL} out of a SavedModel folder"
    META_GRAPH = "a TensorFlow 1 graph without its weights (.meta)"
    CHECKPOINT = "a TensorFlow checkpoint"
    TFLITE = "a TensorFlow Lite model (.tflite)"
    TORCH = "a PyTorch model (.pt, .pth)"
    SAFETENSORS = "weights without a model (.safetensors)"
    OPENVINO = "an OpenVINO model (.xml)"
    PICKLE = "a Python pickle"
    POINTER = "a pointer of Git LFS that stands for the file"
    PAGE = "a web page"
    ARCHIVE = "a packed archive"
    EMPTY = "an empty file"
    FOLDER = "a folder that is no SavedModel"
    UNKNOWN = "no model format that is known here"


_WEIGHTS_ADVICE = "build the model in code, load these weights, and save it whole: model.save('model.keras')"
_ADVICE = {
    Format.KERAS_WEIGHTS: _WEIGHTS_ADVICE,
    Format.KERAS_JSON: "load its weights and save it whole: model.save('model.keras')",
    Format.META_GRAPH: "load it with its checkpoint and write a SavedModel, or freeze it to one .pb",
    Format.CHECKPOINT: "a checkpoint has weights only: load it into its model and write model.keras or a SavedModel",
    Format.TFLITE: "it was made from another file, and is rounded: export that one (.keras, .h5 or SavedModel)",
    Format.TORCH: "torch.onnx.export(model, example, 'model.onnx', dynamic_axes={'image': {0: 'n'}}), and export that",
    Format.SAFETENSORS: _WEIGHTS_ADVICE,
    Format.OPENVINO: "it was made from another file: export that one (.keras, .h5, SavedModel or .onnx)",
    Format.PICKLE: "a pickle may run any code when it is read: save the model with its own library",
    Format.POINTER: "fetch the file itself: git lfs pull",
    Format.PAGE: "a download link was saved in place of the file: download it again",
    Format.ARCHIVE: "unpack it, and export the file or the SavedModel folder in it",
    Format.EMPTY: "copy it or save it again",
    Format.FOLDER: f"readable are folders that hold {layout.SAVED_MODEL} and variables/, and single files",
    Format.UNKNOWN: "readable are .keras, .h5, SavedModel folders, frozen .pb and .onnx",
}
READERS: dict[Format, Callable[[Path, Reading], Network]] = {
    Format.KERAS: read_keras_network,
    Format.KERAS_H5: read_keras_network,
    Format.SAVED_MODEL: read_saved_model,
    Format.FROZEN_GRAPH: read_frozen_network,
    Format.ONNX: read_onnx_network,
}
"""A reader gives the network in a file of its format; a new one stands here and is recognised by `sniff`."""
_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_TABLE_END = bytes.fromhex("57fb808b247547db")
"""How a table of TensorFlow ends: a checkpoint of TensorFlow 1, or the index of a later one."""
_ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")
_SUFFIXES = (".keras", ".h5", ".hdf5", ".pb", ".onnx")


def read_network(path: Path, reading: Reading = AS_WRITTEN) -> Network:
    """Reads a trained network from any file.

    Args:
        path: a file, or a SavedModel folder.
        reading: what the file does not say itself.

    Raises:
        ModelError: the format is not read, or the network in it is not one that scores pictures, or the
            command that converts it is missing.
    """
    path = Path(path)
    found = sniff(path)
    if found not in READERS:
        raise _refusal(path, found)
    try:
        return READERS[found](path, reading)
    except AoiError:
        raise
    except Exception as error:  # a damaged file can bring a library to whatever error
        raise ModelError(
            f"{path}: not readable as {found}: {type(error).__name__}: {first_line(error)}",
            hint="copy it again, or save it anew",
        ) from error


def sniff(path: Path) -> Format:
    """The format of a model file, by its content.

    Raises:
        ModelError: there is no such file, or it cannot be opened.
    """
    try:
        if path.is_dir():
            return _sniff_folder(path)
        if path.is_file():
            return _sniff_file(path)
        if path.with_name(f"{path.name}.index").is_file():  # a checkpoint goes by the stem of its files
            return Format.CHECKPOINT
        there = path.exists()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}") from None
    if there:
        raise ModelError(f"{path}: expected a file or a folder. Received: a device, pipe or socket")
    raise ModelError(f"{path}: no such file", hint="aoi train RECIPE --out DIR writes DIR/model.keras")


def _sniff_file(path: Path) -> Format:
    with path.open("rb") as file:
        start = file.read(4096)
        file.seek(max(path.stat().st_size - len(_TABLE_END), 0))
        end = file.read()
    if not start:
        return Format.EMPTY
    if start.startswith(_HDF5):
        return _sniff_hdf5(path)
    if start.startswith(_ZIP):
        return _sniff_zip(path)
    if path.suffix == ".index" or ".data-0" in path.name or end == _TABLE_END:
        return Format.CHECKPOINT
    return _sniff_start(start) or _sniff_protobuf(path)


def saved_model_versions(folder: Path) -> list[int]:
    """Numbers of the version folders below `folder` that are SavedModels, the smallest first."""
    return sorted(
        int(child.parent.name) for child in folder.glob(f"*/{layout.SAVED_MODEL}") if child.parent.name.isdecimal()
    )


def _refusal(path: Path, found: Format) -> ModelError:
    """Says which format it looks like, and what to do."""
    if found is Format.SAVED_MODEL_FILE:
        return ModelError(f"{path}: expected the folder. Received: {found}", hint=f"export {path.parent}")
    if found is Format.FOLDER and (held := _models_in(path)):
        there = f"{found}; it holds {held[0].name}"
        return ModelError(f"{path}: expected a model. Received: {there}", hint=f"export {held[0]}")
    if found is Format.VERSIONS:
        versions = saved_model_versions(path)
        return ModelError(
            f"{path}: expected one version. Received: {found} ({', '.join(map(str, versions))})",
            hint=f"the newest is {path / str(versions[-1])}",
        )
    tried, advice = "", _ADVICE[found]
    if found is Format.UNKNOWN:
        tried = "; looked for the marks of Keras, TensorFlow, ONNX, PyTorch and others"
        advice = f"a {path.suffix} file begins otherwise: copy or save it again" if path.suffix in _SUFFIXES else advice
    return ModelError(f"{path}: cannot be exported: it looks like {found}{tried}", hint=advice)


def _sniff_folder(path: Path) -> Format:
    if (path / layout.SAVED_MODEL).is_file() or (path / "saved_model.pbtxt").is_file():
        return Format.SAVED_MODEL
    if saved_model_versions(path):
        return Format.VERSIONS
    if (path / "checkpoint").is_file() or next(path.glob("*.index"), None):
        return Format.CHECKPOINT
    return Format.FOLDER


def _models_in(folder: Path) -> list[Path]:
    """Files in a folder, and SavedModel folders, that look like models by their names."""
    return sorted(
        child for child in folder.iterdir() if child.suffix in _SUFFIXES or (child / layout.SAVED_MODEL).is_file()
    )


def _sniff_hdf5(path: Path) -> Format:
    try:
        with h5py.File(path, "r") as file:
            return Format.KERAS_H5 if "model_config" in file.attrs else Format.KERAS_WEIGHTS
    except (OSError, RuntimeError, KeyError, ValueError) as error:  # as h5py passes on what HDF5 finds
        raise ModelError(f"{path}: a damaged HDF5 file: {first_line(error)}", hint="copy or save it again") from None


def _sniff_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise ModelError(f"{path}: a damaged zip file (a .keras file is one)", hint="copy or save it again") from None
    if "config.json" in names:
        return Format.KERAS
    if any(name.endswith("data.pkl") for name in names):
        return Format.TORCH
    packed = any(name.endswith((layout.SAVED_MODEL, *_SUFFIXES)) for name in names)
    return Format.ARCHIVE if packed else Format.UNKNOWN


def _sniff_start(start: bytes) -> Format | None:
    """Formats with a mark in their first bytes."""
    if start[4:8] == b"TFL3":
        return Format.TFLITE
    if start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05":
        # The old form of torch.save is a pickle that begins with this number.
        return Format.TORCH if b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19" in start[:32] else Format.PICKLE
    if start[8:10] == b'{"' and int.from_bytes(start[:8], "little") < 100_000_000:
        return Format.SAFETENSORS
    if start.startswith(_ARCHIVES) or start[257:262] == b"ustar":
        return Format.ARCHIVE
    text = start.lstrip()
    if text.startswith(b"version https://git-lfs"):
        return Format.POINTER
    if text[:15].lower().startswith((b"<!doctype html", b"<html")):
        return Format.PAGE
    if text.startswith(b"{") and b'"class_name"' in text:
        return Format.KERAS_JSON
    return Format.OPENVINO if text.startswith(b"<") and b"<net" in text else None


def _sniff_protobuf(path: Path) -> Format:
    """Formats that are one protobuf message are told apart by the numbers and kinds of its fields."""
    try:
        listed = list(_fields(path))
    except ValueError:
        return Format.UNKNOWN
    fields = set(listed)
    varint, block = 0, 2
    if (1, varint) in fields:
        if (7, block) in fields and (8, block) in fields:  # ModelProto: ir_version, graph, opset_import
            return Format.ONNX
        if fields <= {(1, varint), (2, block)}:  # SavedModel: schema version, meta graphs
            return Format.SAVED_MODEL_FILE
    if (1, block) in fields:
        if listed.count((1, block)) == listed.count((2, block)) == 1 and fields <= {(n, block) for n in range(1, 8)}:
            return Format.META_GRAPH  # MetaGraphDef: its description, one graph, and more
        if fields <= {(1, block), (2, block), (3, varint), (4, block), (5, block)}:
            return Format.FROZEN_GRAPH  # GraphDef: nodes, library, version, versions, debug information
    return Format.UNKNOWN


def _fields(path: Path) -> Iterator[tuple[int, int]]:
    """(number, kind) of each field of the message in a file, without reading what is in them.

    Raises:
        ValueError: it is no message.
    """
    end = path.stat().st_size
    with path.open("rb") as file:

        def varint() -> int:
            value = 0
            for shift in range(0, 70, 7):
                byte = file.read(1)
                if not byte:
                    break
                value |= (byte[0] & 0x7F) << shift
                if byte[0] < 0x80:
                    return value
            raise ValueError("no varint")

        while file.tell() < end:
            number, kind = divmod(varint(), 8)
            if kind == 0:
                varint()
            elif kind in (1, 2, 5):
                size = varint() if kind == 2 else 8 if kind == 1 else 4
                if size > end - file.tell():
                    raise ValueError("beyond the end")
                file.seek(size, 1)
            else:
                raise ValueError(f"field of kind {kind}")
            if number == 0:
                raise ValueError("a field has no number")
            yield number, kind
