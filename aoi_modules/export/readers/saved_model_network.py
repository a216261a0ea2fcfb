"""SavedModel folders -> networks: of TensorFlow 2 by a signature, of TensorFlow 1 by freezing, and our own servables.

A servable takes pictures of any size and resizes them itself. Read back, the network begins behind that resize.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from google.protobuf.message import DecodeError

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.determinism import deterministic
from aoi_modules.export.graph import GraphDef, freeze, node_of
from aoi_modules.export.network import Network
from aoi_modules.export.readers.frozen_graph import FrozenGraph
from aoi_modules.export.readers.frozen_network import graph_network
from aoi_modules.export.readers.inputs import InputTensor, find_inputs
from aoi_modules.export.readers.outputs import build_network, not_scores, safe_names, score_names, wanted_names
from aoi_modules.export.reading import AS_WRITTEN, Reading
from aoi_modules.first_line import first_line
from aoi_modules.modelstore import layout
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.tf import tf

from tensorflow.core.protobuf import saved_model_pb2, struct_pb2

TAG = "serve"


def read_saved_model(folder: Path, reading: Reading = AS_WRITTEN) -> Network:
    """Reads a SavedModel.

    Args:
        folder: holds `saved_model.pb`.
        reading: says the signature, default `serving_default` or the only one; the size, where it leaves that open; and
            which of its outputs to keep, default all that are floating numbers. Its inputs are all needed.

    Raises:
        ModelError: it cannot be loaded, has no such signature, or that one does not map pictures to (N, K).
    """
    meta_graph = read_meta_graph(folder)
    ours = (folder / layout.PIXELS_FILE).is_file() and (folder / layout.MANIFEST_FILE).is_file()
    if ours and reading.signature is None:
        return read_servable(folder, reading)
    name = _signature_name(meta_graph, reading.signature, str(folder))
    origin = f"{folder} (signature {name})"
    wanted_names("inputs", reading.inputs, list(meta_graph.signature_def[name].inputs), origin)
    if meta_graph.object_graph_def.nodes:
        return _by_signature(folder, meta_graph, name, reading, origin)
    return _by_freezing(folder, meta_graph, name, reading, origin)


def read_servable(folder: Path, reading: Reading = AS_WRITTEN) -> Network:
    """Reads a servable of ours back: a network that takes pictures as they are behind its resize.

    Args:
        folder: version directory.
        reading: may say which heads to keep, as its outputs; a size has to be theirs.

    Raises:
        ModelError: its heads look at pictures of different sizes, or its graph is not as this project writes it.
    """
    graph = FrozenGraph.read(folder / layout.PIXELS_FILE, str(folder))
    heads = manifests.read(folder).heads
    wanted = wanted_names("outputs", reading.outputs, [head.name for head in heads], str(folder))
    wanted += [layout.map_name(head.name) for head in heads if head.map and head.name in wanted]
    resizes = _resizes(graph, wanted)
    pictures = sorted({shape[1:] for shape in resizes.values()}, key=str)
    if len(pictures) != 1:
        described = ", ".join("x".join(map(str, shape)) for shape in pictures) or "none"
        one = Argument("outputs", tuple(wanted[:1]))
        raise ModelError(
            f"{folder}: expected heads that look at pictures of one size. Received: {described}",
            hint=f"read its heads one by one: {one}",
            arguments=[one],
        )
    if reading.size not in (None, pictures[0][:2]):
        given = Argument("size", reading.size)
        raise ModelError(f"{folder}: looks at pictures of {pictures[0]}. Received: {given}", arguments=[given])
    return _behind_resizes(graph, list(resizes), wanted)


def read_meta_graph(folder: Path) -> Any:
    """The MetaGraphDef for serving.

    Raises:
        ModelError: there is none, or the file is damaged.
    """
    file = folder / layout.SAVED_MODEL
    try:
        if not file.exists() and file.with_suffix(".pbtxt").exists():
            file = file.with_suffix(".pbtxt")
            model = text_format.Parse(file.read_text(encoding="utf-8"), saved_model_pb2.SavedModel())
        else:
            model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    except OSError as error:
        raise ModelError(f"{file}: {error.strerror}") from None
    except (DecodeError, text_format.ParseError, UnicodeDecodeError, RuntimeError) as error:
        said = f": {first_line(error)}" if str(error) else ""
        raise ModelError(f"{file}: not readable as a SavedModel{said}", hint="copy or write the folder again") from None
    # One for serving alone comes before one for serving on an accelerator.
    for meta_graph in sorted(model.meta_graphs, key=lambda one: len(one.meta_info_def.tags)):
        if TAG in meta_graph.meta_info_def.tags:
            return meta_graph
    tags = "; ".join(",".join(meta_graph.meta_info_def.tags) for meta_graph in model.meta_graphs) or "no graphs"
    raise ModelError(
        f"{folder}: expected a graph with the tag {TAG!r}. Received: {tags}",
        hint="save it for serving: model.export(DIR)",
    )


def _signature_name(meta_graph: Any, wanted: str | None, origin: str) -> str:
    names: list[str] = sorted(name for name in meta_graph.signature_def if not name.startswith("__"))
    if wanted is None and layout.DEFAULT_SIGNATURE not in names and len(names) == 1:
        return names[0]
    name = wanted or layout.DEFAULT_SIGNATURE
    if name not in names:
        one = [Argument("signature", name) for name in names[:1]]
        raise ModelError(
            f"{origin}: has no signature {name!r}; it has: {', '.join(names) or 'none'}",
            hint=str(one[0]) if one else "save it with a signature: tf.saved_model.save(..., signatures=)",
            arguments=one,
        )
    if _takes_strings(meta_graph.signature_def[name]):
        others = [
            Argument("signature", other) for other in names if not _takes_strings(meta_graph.signature_def[other])
        ]
        raise ModelError(
            f"{origin}: its signature {name} takes strings (encoded pictures, or tf.Example); expected pixels, because "
            "decoding and resizing become a part of the servable",
            hint=f"it has one of pixels: {others[0]}" if others else "save it with a signature that takes pixels",
            arguments=others[:1],
        )
    return name


def _takes_strings(definition: Any) -> bool:
    """Whether a signature takes strings and nothing else."""
    types = {info.dtype for info in definition.inputs.values()}
    return types == {tf.string.as_datatype_enum}


def _by_signature(folder: Path, meta_graph: Any, name: str, reading: Reading, origin: str) -> Network:
    """TensorFlow 2: the signature is a function whose variables are loaded."""
    definition = meta_graph.signature_def[name]
    inputs = find_inputs(_entries(definition, origin), reading.size, origin)
    safe = safe_names(_score_names(definition, reading.outputs, origin))
    try:
        function, owner = _loaded(folder, meta_graph, name)
    except _Unloadable:
        # Objects that only training needs, such as an optimizer's, may be of classes that no longer exist. A session
        # takes the graph and the variables, which are whole.
        return _by_freezing(folder, meta_graph, name, reading, origin)
    if inputs.batch is not None:
        # A batch of one is often only written down, not built in: the graph may take more, the function does not.
        return _opened(function, safe, reading.size, origin)

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        _ = owner  # a function alone does not keep its variables alive
        answers = function(**inputs.feed(pictures, features))
        return {new: answers[own] for new, own in safe.items()}

    return build_network(run, inputs, origin)


class _Unloadable(Exception):
    """TensorFlow 2 cannot make the objects of a SavedModel."""


def _loaded(folder: Path, meta_graph: Any, name: str) -> tuple[Any, Any]:
    """The function of a signature, and the object that keeps its variables.

    Raises:
        _Unloadable: its objects cannot be made.
    """
    try:
        owner = tf.saved_model.load(str(folder), tags=list(meta_graph.meta_info_def.tags))
        return owner.signatures[name], owner
    except Exception as error:  # the loader raises whatever it meets in the object graph
        raise _Unloadable from error


def _opened(function: Any, outputs: Mapping[str, str], size: tuple[int, int] | None, origin: str) -> Network:
    """The graph of a signature with constants for its variables, so that its inputs can have another shape."""
    graph, inputs, tensors = freeze(deterministic(function, origin))
    return graph_network(FrozenGraph(graph, origin), inputs, {new: tensors[own] for new, own in outputs.items()}, size)


def _by_freezing(folder: Path, meta_graph: Any, name: str, reading: Reading, origin: str) -> Network:
    """TensorFlow 1: the graph of a session, its variables made constants."""
    definition = meta_graph.signature_def[name]
    entries = [
        replace(entry, name=definition.inputs[entry.name].name, label=entry.name)
        for entry in _entries(definition, origin)
    ]
    safe = safe_names(_score_names(definition, reading.outputs, origin))
    outputs = {new: definition.outputs[own].name for new, own in safe.items()}
    FrozenGraph(meta_graph.graph_def, origin).cut(list(outputs.values()), ()).check_operations()
    graph = _frozen_by_session(folder, list(meta_graph.meta_info_def.tags), list(outputs.values()), origin)
    declared = {entry.name: entry for entry in entries if entry.shape is not None}
    inputs = list(dict.fromkeys(entry.name for entry in entries))
    return graph_network(graph, inputs, outputs, reading.size, declared=declared)


def _frozen_by_session(folder: Path, tags: list[str], tensors: Sequence[str], origin: str) -> FrozenGraph:
    """The part of a SavedModel's graph that some tensors need, with constants for its variables."""
    try:
        return FrozenGraph(_constants(folder, tags, [node_of(name) for name in tensors]), origin)
    except Exception as error:  # whatever a restore or an initializer raises
        raise ModelError(
            f"{origin}: its variables cannot become constants: {first_line(error)}",
            hint="copy the whole folder again, variables/ included, or save the model anew",
        ) from error


def _constants(folder: Path, tags: list[str], nodes: Sequence[str]) -> GraphDef:
    v1 = tf.compat.v1
    told = tf.get_logger().level
    tf.get_logger().setLevel("ERROR")  # it calls its own way to load such files outdated, and has no other
    try:
        with v1.Session(graph=tf.Graph()) as session:
            v1.saved_model.loader.load(session, tags, str(folder))
            return v1.graph_util.convert_variables_to_constants(session, session.graph_def, nodes)
    finally:
        tf.get_logger().setLevel(told)


def _entries(definition: Any, origin: str) -> list[InputTensor]:
    """The inputs as a signature declares them, in the order of their names.

    Raises:
        ModelError: one is sparse or ragged.
    """
    for name, info in sorted(definition.inputs.items()):
        if kind := _compound(info):
            raise ModelError(f"{origin}: expected inputs that are arrays. Received: {name}, a {kind} tensor")
    return [_entry(name, info) for name, info in sorted(definition.inputs.items())]


def _entry(name: str, info: Any) -> InputTensor:
    dimensions = None if info.tensor_shape.unknown_rank else [dimension.size for dimension in info.tensor_shape.dim]
    shape = None if dimensions is None else tuple(None if number < 0 else number for number in dimensions)
    return InputTensor(name, shape, tf.as_dtype(info.dtype))


def _score_names(definition: Any, wanted: Sequence[str], origin: str) -> list[str]:
    """The outputs asked for, or all with floating numbers."""
    compound = {name: kind for name, info in sorted(definition.outputs.items()) if (kind := _compound(info))}
    types = {name: tf.as_dtype(info.dtype) for name, info in sorted(definition.outputs.items()) if name not in compound}
    for name in wanted or (compound if not types else ()):
        if name in compound:
            raise not_scores(name, f"a {compound[name]} tensor", origin)
    return score_names(types, wanted, origin)


def _compound(info: Any) -> str:
    """Which kind of several tensors at once a signature declares; empty for one tensor."""
    encoding = info.WhichOneof("encoding")
    if encoding == "composite_tensor":
        classes = struct_pb2.TypeSpecProto.TypeSpecClass
        return str(classes.Name(info.composite_tensor.type_spec.type_spec_class)).split("_")[0].lower()
    return "sparse" if encoding == "coo_sparse" else ""


def _resizes(graph: FrozenGraph, heads: Sequence[str]) -> dict[str, tuple[int | None, ...]]:
    """{node that resizes the input `image`, perhaps made gray: shape of its result} of all that the heads need."""
    resizes = [name for name, node in graph.needed_by(heads, ()).items() if node.op == "ResizeBilinear"]
    first = [
        name
        for name in resizes
        if layout.IMAGE in graph.needed_by([name], [other for other in resizes if other != name])
    ]
    return {name: tensor.shape or () for name, tensor in graph.tensors(first).items()}


def _behind_resizes(graph: FrozenGraph, resizes: list[str], heads: list[str]) -> Network:
    """The network that begins behind the resizes of a frozen graph, which all give pictures of one size."""
    first, *others = resizes
    definition = GraphDef()
    definition.CopyFrom(graph.definition)
    for node in definition.node:  # all give the same, so one may stand for all
        node.input[:] = [first if source in others else source for source in node.input]
    numbers = [layout.FEATURES] if layout.FEATURES in graph.needed_by(heads, resizes) else []
    return graph_network(
        FrozenGraph(definition, graph.origin), [first, *numbers], dict(zip(heads, heads, strict=True)), None
    )
