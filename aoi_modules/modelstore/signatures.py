"""The signatures of a SavedModel, and the check that they keep to the servable's contract. Without TensorFlow."""

from collections.abc import Mapping
from pathlib import Path

from aoi_modules.errors import ModelError, WireError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.wire import saved_model
from aoi_modules.wire.messages import SignatureDef, TensorInfo
from aoi_modules.wire.tensors import type_name

Tensors = dict[str, str]
"""{name: dtype and shape}, such as `uint8 (?, ?, ?, 3)`; `?` is any size."""


def read(folder: Path) -> dict[str, SignatureDef]:
    """Reads the signatures of a SavedModel by name, as TensorFlow reports them.

    Raises:
        ModelError: no SavedModel there, or a damaged one.
    """
    file = folder / layout.SAVED_MODEL
    try:
        return saved_model.read_signatures(file.read_bytes())
    except OSError as error:
        raise ModelError(f"{file}: cannot be loaded: {error.strerror}") from None
    except WireError as error:
        raise ModelError(f"{file}: cannot be loaded: {error.message}") from None


def check(signatures: Mapping[str, SignatureDef], manifest: Manifest, origin: Path) -> None:
    """Compares names, dtypes and shapes of signatures with what the contract says for a manifest.

    Args:
        signatures: of the servable; ones that the contract does not know do no harm.
        manifest: of the servable.
        origin: its folder, for messages.

    Raises:
        ModelError: a signature is missing or different; says which.
    """
    for name, sides in _contract(manifest).items():
        if name not in signatures:
            raise ModelError(f"{origin}: signature {name}: missing. Found: {', '.join(sorted(signatures)) or 'none'}")
        found = _stated(signatures[name].inputs), _stated(signatures[name].outputs)
        for side, wanted, given in zip(("inputs", "outputs"), sides, found, strict=True):
            if given != wanted:
                raise ModelError(
                    f"{origin}: signature {name}: expected the {side} {_listed(wanted)}. Received: {_listed(given)}"
                )


def shapes(manifest: Manifest) -> dict[str, tuple[int, ...]]:
    """The shape of each output for one picture: (K,) of a head, (rows, columns) of its map."""
    scores = {head.name: (len(head.labels) if head.kind == "class" else 1,) for head in manifest.heads}
    maps = {layout.map_name(head.name): (head.map.rows, head.map.columns) for head in manifest.heads if head.map}
    return {**scores, **maps}


def _contract(manifest: Manifest) -> dict[str, tuple[Tensors, Tensors]]:
    """The inputs and outputs of each signature."""
    numbers = {layout.FEATURES: f"float (?, {len(manifest.features)})"} if manifest.features else {}
    scores = {name: f"float (?, {', '.join(map(str, shape))})" for name, shape in shapes(manifest).items()}
    return {
        layout.DEFAULT_SIGNATURE: ({layout.IMAGE: "string (?)", **numbers}, scores),
        layout.PIXELS_SIGNATURE: ({layout.IMAGE: f"uint8 (?, ?, ?, {manifest.picture.channels})", **numbers}, scores),
        layout.MANIFEST_SIGNATURE: ({}, {layout.MANIFEST_OUTPUT: "string ()"}),
    }


def _stated(infos: Mapping[str, TensorInfo]) -> Tensors:
    return {name: f"{type_name(info.dtype)} {_shape(info)}" for name, info in infos.items()}


def _shape(info: TensorInfo) -> str:
    if info.tensor_shape.unknown_rank:
        return "of any shape"
    return f"({', '.join('?' if dim.size < 0 else str(dim.size) for dim in info.tensor_shape.dim)})"


def _listed(tensors: Tensors) -> str:
    return ", ".join(f"{name} {stated}" for name, stated in sorted(tensors.items())) or "none"
