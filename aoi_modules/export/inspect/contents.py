"""What is in a servable, read from its files without loading it; also of SavedModels that are not the team's."""

import io
from collections import Counter
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from google.protobuf.message import DecodeError
from PIL import Image

from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import ChecksumError, StoreError
from aoi_modules.export.graph import GraphDef, NodeDef
from aoi_modules.export.inspect.anatomy import WEIGHT_TYPES, Anatomy
from aoi_modules.export.readers.saved_model_network import read_meta_graph
from aoi_modules.export.verification import FROZEN, WARMUP
from aoi_modules.modelstore import golden, version_dir
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.tf import tf

GRAPH = "saved_model.pb"
PARTS = {
    manifests.FILE_NAME: "component, heads, labels and thresholds are unknown",
    FROZEN: "what the heads share is unknown, and engines other than TensorFlow cannot read it",
    golden.FILE_NAME: "no server can prove its scores",
    WARMUP: "the first request is slow",
    version_dir.SUMS_NAME: "damage would not be seen",
}
"""What a servable of the team has beside TensorFlow's own files, and what follows when it is missing."""


class Tensor(msgspec.Struct, frozen=True, kw_only=True):
    """An input or output; None in a shape is any size, None for a shape any rank."""

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None

    def __str__(self) -> str:
        """`image uint8 (?, ?, ?, 3)`"""
        if self.shape is None:
            return f"{self.name} {self.dtype} of any shape"
        sides = ", ".join("?" if side is None else str(side) for side in self.shape)
        return f"{self.name} {self.dtype} ({sides}{',' if len(self.shape) == 1 else ''})"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One way in."""

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """How many numbers the graph of the SavedModel has in constants, and how many in variables beside it; `stored` says
    where most are.

    Constants of one number are no weights. What several functions of a graph hold counts for each.
    """

    stored: Literal["constants", "variables", "none"]
    constants: int
    constant_numbers: int
    variables: int
    variable_numbers: int


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a version directory. Made by `Inspection.of`.

    Args:
        path: of the folder.
        manifest: None for a SavedModel that is not the team's.
        signatures: in the order of their names, `serving_default` first.
        files: {path in the folder: bytes}; `size` is their sum.
        operations: {operation: how often} of the SavedModel's graph and its functions, most frequent first.
        frozen_operations: the same of `pixels.pb`; empty if there is none.
        weights: of the SavedModel.
        anatomy: what the heads share; None without manifest or `pixels.pb`.
        checksums: `whole`, `none`, or which file is damaged.
        missing: {what a servable of the team has: what follows from its absence}.
    """

    path: str
    manifest: Manifest | None
    signatures: tuple[Signature, ...]
    files: dict[str, int]
    size: int
    operations: dict[str, int]
    frozen_operations: dict[str, int]
    weights: Weights
    anatomy: Anatomy | None
    checksums: str
    missing: dict[str, str]

    @property
    def title(self) -> str:
        """`pcb, version 3`; the folder of a SavedModel that is not the team's."""
        return f"{self.manifest.component}, version {self.manifest.version}" if self.manifest else Path(self.path).name

    @classmethod
    def of(cls, folder: Path) -> "Inspection":
        """Looks into a version directory or the folder of any SavedModel.

        Raises:
            ModelError: no SavedModel there, or its graph is not readable.
            StoreError: another file of it is not readable.
        """
        model = read_meta_graph(folder)
        manifest = manifests.read(folder) if (folder / manifests.FILE_NAME).exists() else None
        frozen = read_frozen(folder)
        names = [head.name for head in manifest.heads] if manifest else []
        files = {str(path.relative_to(folder)): path.stat().st_size for path in _files(folder)}
        return cls(
            path=str(folder),
            manifest=manifest,
            signatures=_signatures(model),
            files=files,
            size=sum(files.values()),
            operations=_counted(node.op for node in nodes(model)),
            frozen_operations=_counted(node.op for node in frozen.node) if frozen else {},
            weights=_weights(model),
            anatomy=Anatomy.of(frozen, names) if frozen and names else None,
            checksums=_checksums(folder),
            missing={name: so for name, so in PARTS.items() if not (folder / name).exists()},
        )


def find(path: Path) -> Path:
    """The version directory that `path` means: itself, or the newest version of the component in that folder.

    Raises:
        StoreError: there is no SavedModel.
    """
    if not path.exists():
        raise StoreError(f"{path}: no such folder", hint="aoi export and aoi merge write servables")
    if not path.is_dir():
        raise StoreError(f"{path}: expected a folder, a version directory or a component's. Received: a file")
    if (path / GRAPH).is_file():
        return path
    numbers = version_dir.versions(path)
    if numbers:
        return find(path / str(numbers[-1]))
    below = sorted(folder.name for folder in path.iterdir() if folder.is_dir() and version_dir.versions(folder))
    hint = f"one of its components: {', '.join(below)}" if below else "aoi export writes servables"
    raise StoreError(f"{path}: no {GRAPH} and no version directories there", hint=hint)


def read_frozen(folder: Path) -> GraphDef | None:
    """The frozen graph of a servable; None if there is none.

    Raises:
        StoreError: it is damaged.
    """
    path = folder / FROZEN
    if not path.exists():
        return None
    try:
        return GraphDef.FromString(path.read_bytes())
    except (OSError, DecodeError):
        raise StoreError(f"{path}: damaged, or not a graph", hint="export the model again") from None


def sample(folder: Path) -> Pixels | None:
    """The first golden picture of a servable, uint8 (h, w, 3); None if it has none.

    Raises:
        StoreError: its samples are damaged.
    """
    if not (folder / golden.FILE_NAME).exists():
        return None
    pictures = Golden.read(folder / golden.FILE_NAME).pictures
    with Image.open(io.BytesIO(pictures[0])) as picture:
        return np.asarray(picture.convert("RGB"))


def nodes(model: Any) -> Iterator[NodeDef]:
    """All nodes of a `MetaGraphDef`, also of its functions."""
    yield from model.graph_def.node
    for function in model.graph_def.library.function:
        yield from function.node_def


def _signatures(model: Any) -> tuple[Signature, ...]:
    names = sorted(name for name in model.signature_def if not name.startswith("__"))
    names.sort(key=lambda name: name != "serving_default")
    return tuple(
        Signature(
            name=name,
            inputs=_tensors(model.signature_def[name].inputs),
            outputs=_tensors(model.signature_def[name].outputs),
        )
        for name in names
    )


def _tensors(infos: Any) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(name=name, dtype=tf.as_dtype(infos[name].dtype).name, shape=_shape(infos[name].tensor_shape))
        for name in sorted(infos)
    )


def _shape(shape: Any) -> tuple[int | None, ...] | None:
    if shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else int(dim.size) for dim in shape.dim)


def _counted(names: Iterator[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _weights(model: Any) -> Weights:
    constants = [
        prod(dim.size for dim in node.attr["value"].tensor.tensor_shape.dim)
        for node in nodes(model)
        if node.op == "Const" and node.attr["dtype"].type in WEIGHT_TYPES
    ]
    constants = [count for count in constants if count > 1]
    variables = _variables(model)
    held, beside = sum(constants), sum(variables)
    return Weights(
        stored="none" if not held + beside else "constants" if held > beside else "variables",
        constants=len(constants),
        constant_numbers=held,
        variables=len(variables),
        variable_numbers=beside,
    )


def _variables(model: Any) -> list[int]:
    """The numbers of each variable: TensorFlow 2 lists them as objects, TensorFlow 1 has them in its graph."""
    found = [node.variable for node in model.object_graph_def.nodes if node.WhichOneof("kind") == "variable"]
    held = [(variable.dtype, variable.shape) for variable in found] or [
        (node.attr["dtype"].type, node.attr["shape"].shape)
        for node in model.graph_def.node
        if node.op in ("VarHandleOp", "VariableV2", "Variable")
    ]
    return [prod(max(dim.size, 0) for dim in shape.dim) for kind, shape in held if kind in WEIGHT_TYPES]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _checksums(folder: Path) -> str:
    if not (folder / version_dir.SUMS_NAME).exists():
        return "none"
    try:
        version_dir.verify(folder)
    except ChecksumError as error:
        return f"damaged: {error.path}"
    return "whole"
