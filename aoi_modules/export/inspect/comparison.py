"""What differs between two servables: heads, signatures, sizes, sources, weights, golden scores."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import StoreError
from aoi_modules.export import graph
from aoi_modules.export.inspect.contents import Contents, read_frozen
from aoi_modules.export.inspect.quantities import counted, size
from aoi_modules.export.inspect.weights import WEIGHT_TYPES, nodes
from aoi_modules.export.readers.saved_model_network import read_meta_graph
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Head, Manifest
from aoi_modules.tf import tf
from aoi_modules.wire.tensors import Array

SAME_SIZE = 0.01
"""Part of a file's size that makes no difference: graphs of one model are written with other inner names each time."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One difference; an empty side has nothing there."""

    field: str
    left: str
    right: str


def difference(left: Contents, right: Contents) -> list[Line]:
    """What differs, for people and machines. Version numbers and dates are no differences; no lines: all is equal.

    Raises:
        ModelError: a graph is not readable.
        StoreError: another file is not.
    """
    return [
        *_manifests(left.manifest, right.manifest),
        *_lines("signature", _signatures(left), _signatures(right)),
        *_sizes(left, right),
        *_lines("weights stored as", {"": left.weights.stored}, {"": right.weights.stored}),
        *_weights(Path(left.path), Path(right.path)),
        *_operations(left, right),
        *_golden(Path(left.path), Path(right.path)),
    ]


def _lines(what: str, left: Mapping[str, str], right: Mapping[str, str]) -> Iterator[Line]:
    """A line for each key whose texts differ, in the order of the left, then what only the right has."""
    for key in [*left, *(key for key in right if key not in left)]:
        if left.get(key, "") != right.get(key, ""):
            yield Line(field=f"{what} {key}".strip(), left=left.get(key, ""), right=right.get(key, ""))


def _manifests(left: Manifest | None, right: Manifest | None) -> Iterator[Line]:
    for what, of in MANIFEST_FIELDS.items():
        yield from _lines(what, {} if left is None else of(left), {} if right is None else of(right))


def _facts(manifest: Manifest) -> dict[str, str]:
    picture = manifest.picture
    return {
        "component": manifest.component,
        "picture": f"{picture.height} x {picture.width} x {picture.channels}",
        "features": ", ".join(manifest.features),
        "precision": manifest.precision,
        "golden": manifest.golden,
    }


def _head(text: Callable[[Head], str]) -> Callable[[Manifest], dict[str, str]]:
    return lambda manifest: {head.name: text(head) for head in manifest.heads}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _band(head: Head) -> str:
    return "" if head.review_band is None else f"{head.review_band[0]:.6g} to {head.review_band[1]:.6g}"


def _metrics(manifest: Manifest) -> dict[str, str]:
    return {f"{name} of {head.name}": _number(value) for head in manifest.heads for name, value in head.metrics.items()}


def _sources(manifest: Manifest) -> dict[str, str]:
    """{heads: start of the model file's sha256}."""
    if not manifest.sources:
        return {"": manifest.source_sha256[:16]}
    return {", ".join(source.heads): f"{source.file} {source.sha256[:16]}".strip() for source in manifest.sources}


def _data(manifest: Manifest) -> dict[str, str]:
    origins = {", ".join(source.heads): source.data for source in manifest.sources} or {"": manifest.data}
    return {
        heads: f"{origin.name}{' (stand-in)' if origin.stand_in else ''} {origin.sha256[:16]}".strip()
        for heads, origin in origins.items()
        if origin is not None
    }


MANIFEST_FIELDS: dict[str, Callable[[Manifest], dict[str, str]]] = {
    "": _facts,
    "head": _head(lambda head: head.kind),
    "labels of": _head(lambda head: ", ".join(head.labels)),
    "good labels of": _head(lambda head: ", ".join(head.good)),
    "threshold of": _head(lambda head: _number(head.threshold)),
    "review band of": _head(_band),
    "metric": _metrics,
    "source of": _sources,
    "data of": _data,
    "tool": lambda manifest: dict(manifest.tools),
}
"""What is compared of two manifests, in the order in which it is shown."""


def _signatures(servable: Contents) -> dict[str, str]:
    return {
        one.name: f"{', '.join(map(str, one.inputs))} -> {', '.join(map(str, one.outputs))}"
        for one in servable.signatures
    }


def _sizes(left: Contents, right: Contents) -> Iterator[Line]:
    for (name, one), other in zip(_large(left).items(), _large(right).values(), strict=True):
        if abs(one - other) > SAME_SIZE * max(one, other):
            yield Line(field=f"size of {name}", left=size(one), right=size(other))


def _large(servable: Contents) -> dict[str, int]:
    """Bytes of what takes the most."""
    variables = sum(count for name, count in servable.files.items() if name.startswith(f"{layout.VARIABLES}/"))
    graphs = {name: servable.files.get(name, 0) for name in (layout.SAVED_MODEL, layout.PIXELS_FILE)}
    return {**graphs, layout.VARIABLES: variables, "all files": servable.size}


def _weights(left: Path, right: Path) -> Iterator[Line]:
    """How many weight tensors of the right the left has too, by content."""
    lefts, rights = digests(left), digests(right)
    if lefts != rights:
        known = len(rights & lefts)
        yield Line(
            field="weights",
            left=counted(len(lefts), "tensor"),
            right=f"{counted(len(rights), 'tensor')}, {known} of them as on the left",
        )


def digests(folder: Path) -> set[str]:
    """The contents of all weight tensors of more than one number: of `pixels.pb`, or else of the SavedModel."""
    frozen = read_frozen(folder)
    values = [
        tf.make_ndarray(node.attr["value"].tensor)
        for node in (frozen.node if frozen else nodes(read_meta_graph(folder)))
        if node.op == "Const" and node.attr["dtype"].type in WEIGHT_TYPES
    ]
    return {graph.digest(value) for value in [*values, *([] if frozen else _variables(folder))] if value.size > 1}


def _variables(folder: Path) -> list[Array]:
    prefix = folder / layout.VARIABLES / "variables"
    if not prefix.with_suffix(".index").exists():
        return []
    try:
        reader = tf.train.load_checkpoint(str(prefix))
        kinds = reader.get_variable_to_dtype_map()
        return [reader.get_tensor(name) for name, kind in kinds.items() if kind.as_datatype_enum in WEIGHT_TYPES]
    except (tf.errors.OpError, ValueError) as error:
        raise StoreError(f"{prefix}: damaged: {str(error).splitlines()[0]}", hint="export the model again") from None


def _operations(left: Contents, right: Contents) -> Iterator[Line]:
    """Operations that are not equally often in the frozen graphs, or where one is missing, in the SavedModels."""
    if left.frozen_operations and right.frozen_operations:
        pair = left.frozen_operations, right.frozen_operations
    else:
        pair = left.operations, right.operations
    lefts, rights = ({"all": sum(counts.values()), **counts} for counts in pair)
    texts = [{name: str(count) for name, count in counts.items()} for counts in (lefts, rights)]
    yield from _lines("operations", *texts)


def _golden(left: Path, right: Path) -> Iterator[Line]:
    """How far the golden scores of heads that both have are apart, on the pictures that both have."""
    if not all((folder / layout.GOLDEN_FILE).exists() for folder in (left, right)):
        return
    one, other = Golden.read(left), Golden.read(right)
    pairs = [
        (row, other.pictures.index(picture))
        for row, picture in enumerate(one.pictures)
        if picture in other.pictures and _same_features(one, row, other, other.pictures.index(picture))
    ]
    if (len(pairs), len(pairs)) != (len(one.pictures), len(other.pictures)):
        yield Line(
            field="golden pictures",
            left=str(len(one.pictures)),
            right=f"{len(other.pictures)}, {len(pairs)} of them as on the left",
        )
    rows, others = ([pair[side] for pair in pairs] for side in (0, 1))
    for head in one.scores:
        if pairs and head in other.scores and one.scores[head].shape[1:] == other.scores[head].shape[1:]:
            yield from _scores(head, one.scores[head][rows], other.scores[head][others])


def _scores(head: str, left: NDArray[np.float32], right: NDArray[np.float32]) -> Iterator[Line]:
    """The two scores that are furthest apart. Both float32 (N, K)."""
    apart = np.abs(left - right)
    if apart.max() > 0:
        picture, unit = np.unravel_index(int(apart.argmax()), apart.shape)
        pictures = counted(len(left), "common golden picture")
        yield Line(
            field=f"score of {head}",
            left=_number(float(left[picture, unit])),
            right=f"{_number(float(right[picture, unit]))}, the furthest of {pictures}: {apart.max():.2g}",
        )


def _same_features(one: Golden, row: int, other: Golden, place: int) -> bool:
    if one.features is None or other.features is None:
        return one.features is other.features
    return bool(np.array_equal(one.features[row], other.features[place]))
