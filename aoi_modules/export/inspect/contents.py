"""What is in a servable, read from its files without loading it; also of SavedModels that are not the team's."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import ChecksumError, StoreError
from aoi_modules.export import graph
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.inspect.anatomy import Anatomy
from aoi_modules.export.inspect.weights import Weights, nodes
from aoi_modules.export.readers.saved_model_network import read_meta_graph
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures.decoding import decode
from aoi_modules.pictures.header import COLOUR
from aoi_modules.tf import tf

PARTS = {
    layout.MANIFEST_FILE: "component, heads, labels and thresholds are unknown",
    layout.PIXELS_FILE: "what the heads share is unknown, and engines other than TensorFlow cannot read it",
    layout.GOLDEN_FILE: "no server can prove its scores",
    layout.WARMUP_FILE: "the first request is slow",
    layout.SUMS_FILE: "damage would not be seen",
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


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a version directory. Made by `Contents.of`.

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
    def of(cls, folder: Path) -> "Contents":
        """Looks into a version directory or the folder of any SavedModel.

        Raises:
            ModelError: no SavedModel there, or its graph is not readable.
            StoreError: another file of it is not readable.
        """
        model = read_meta_graph(folder)
        manifest = manifests.read(folder) if (folder / layout.MANIFEST_FILE).exists() else None
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
            weights=Weights.of(model),
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
    if (path / layout.SAVED_MODEL).is_file():
        return path
    numbers = version_dir.versions(path)
    if numbers:
        return find(path / str(numbers[-1]))
    below = sorted(folder.name for folder in path.iterdir() if folder.is_dir() and version_dir.versions(folder))
    hint = f"one of its components: {', '.join(below)}" if below else "aoi export writes servables"
    raise StoreError(f"{path}: no {layout.SAVED_MODEL} and no version directories there", hint=hint)


def read_frozen(folder: Path) -> GraphDef | None:
    """The frozen graph of a servable; None if there is none.

    Raises:
        ModelError: it is damaged.
    """
    file = folder / layout.PIXELS_FILE
    return graph.read_frozen(file) if file.exists() else None


def sample(folder: Path) -> Pixels | None:
    """The first golden picture of a servable, uint8 (h, w, 3); None if it has none.

    Raises:
        StoreError: its samples are damaged.
    """
    if not (folder / layout.GOLDEN_FILE).exists():
        return None
    pictures = Golden.read(folder).pictures
    return decode(pictures[0], COLOUR)


def _signatures(model: Any) -> tuple[Signature, ...]:
    names = sorted(name for name in model.signature_def if not name.startswith("__"))
    names.sort(key=lambda name: name != layout.DEFAULT_SIGNATURE)
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


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _checksums(folder: Path) -> str:
    if not (folder / layout.SUMS_FILE).exists():
        return "none"
    try:
        version_dir.verify(folder)
    except ChecksumError as error:
        return f"damaged: {error.path}"
    return "whole"
