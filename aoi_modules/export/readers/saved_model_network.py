"""SavedModel folders -> networks: of TensorFlow 2 by a signature, of TensorFlow 1 by freezing, and our own servables.

A servable takes pictures of any size and resizes them itself. Read back, the network begins behind that resize.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from aoi_modules.errors import ModelError, first_line
from aoi_modules.export.network import Network
from aoi_modules.export.readers.frozen_network import FrozenGraph, graph_network, node_name, read_graph_def, tensors_of
from aoi_modules.export.readers.interface import (
    InputTensor,
    Shape,
    build_network,
    find_inputs,
    safe_names,
    wanted_outputs,
)
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.tf import tf

from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

SERVING, TAG = "serving_default", "serve"
PIXELS = "assets.extra/pixels.pb"
"""The frozen graph inside a servable of ours; takes `image`, and `features` where a head needs them."""
_IMAGE, _FEATURES = "image", "features"


def read_saved_model(
    folder: Path,
    *,
    size: tuple[int, int] | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    signature: str | None = None,
) -> Network:
    """Reads a SavedModel.

    Args:
        folder: holds `saved_model.pb`.
        size: height and width of the pictures, where the signature leaves them open.
        inputs: which inputs of the signature; default: all.
        outputs: which outputs of the signature; default: all that are floating numbers.
        signature: default: `serving_default`, or the only one.

    Raises:
        ModelError: it cannot be loaded, has no such signature, or that one does not map pictures to (N, K).
    """
    meta_graph = read_meta_graph(folder)
    if signature is None and (folder / PIXELS).is_file() and (folder / manifests.FILE_NAME).is_file():
        return read_servable(folder, size=size, outputs=outputs)
    name = _signature_name(meta_graph, signature, str(folder))
    definition = meta_graph.signature_def[name]
    origin = f"{folder} (signature {name})"
    wanted_outputs(list(definition.inputs), inputs, origin)
    if meta_graph.object_graph_def.nodes:
        return _by_signature(folder, name, definition, size, outputs, origin)
    return _by_freezing(folder, definition, size, outputs, origin)


def read_servable(folder: Path, *, size: tuple[int, int] | None = None, outputs: Sequence[str] = ()) -> Network:
    """Reads a servable of ours back: a network that takes pictures as they are behind its resize.

    Raises:
        ModelError: its heads look at pictures of different sizes, or its graph is not as this project writes it.
    """
    graph = FrozenGraph(read_graph_def(folder / PIXELS), str(folder))
    heads = [head.name for head in manifests.read(folder).heads]
    wanted = wanted_outputs(heads, outputs, str(folder))
    resizes = _resizes(graph, wanted)
    pictures = sorted({shape[1:] for shape in resizes.values()}, key=str)
    if len(pictures) != 1:
        described = ", ".join("x".join(map(str, shape)) for shape in pictures) or "none"
        raise ModelError(
            f"{folder}: expected heads that look at pictures of one size. Received: {described}",
            hint=f"read its heads one by one: --outputs {wanted[0]}",
        )
    if size not in (None, pictures[0][:2]):
        raise ModelError(f"{folder}: looks at pictures of {pictures[0]}. Received: --size {size}")
    return _behind_resizes(graph, list(resizes), wanted)


def read_meta_graph(folder: Path) -> Any:
    """The MetaGraphDef for serving.

    Raises:
        ModelError: there is none, or the file is damaged.
    """
    try:
        model = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    except OSError as error:
        raise ModelError(f"{folder / 'saved_model.pb'}: {error.strerror}") from None
    except DecodeError:
        raise ModelError(f"{folder / 'saved_model.pb'}: not readable as a SavedModel") from None
    for meta_graph in model.meta_graphs:
        if TAG in meta_graph.meta_info_def.tags:
            return meta_graph
    tags = "; ".join(",".join(meta_graph.meta_info_def.tags) for meta_graph in model.meta_graphs) or "no graphs"
    raise ModelError(f"{folder}: expected a graph with the tag {TAG!r}. Received: {tags}")


def _signature_name(meta_graph: Any, wanted: str | None, origin: str) -> str:
    names: list[str] = sorted(name for name in meta_graph.signature_def if not name.startswith("__"))
    if wanted is None and SERVING not in names and len(names) == 1:
        return names[0]
    name = wanted or SERVING
    if name not in names:
        raise ModelError(
            f"{origin}: has no signature {name!r}; it has: {', '.join(names) or 'none'}",
            hint=f"--signature {names[0]}"
            if names
            else "save it with a signature: tf.saved_model.save(..., signatures=)",
        )
    return name


def _by_signature(
    folder: Path, name: str, definition: Any, size: tuple[int, int] | None, wanted: Sequence[str], origin: str
) -> Network:
    """TensorFlow 2: the signature is a function whose variables are loaded."""
    inputs = find_inputs([_entry(key, info) for key, info in sorted(definition.inputs.items())], size, origin)
    safe = safe_names(_score_names(definition, wanted, origin))
    try:
        loaded = tf.saved_model.load(str(folder), tags=[TAG])
    except Exception as error:  # the loader raises whatever it meets in the object graph
        raise ModelError(f"{folder}: not loadable as a SavedModel: {first_line(error)}") from error
    function = loaded.signatures[name]
    if _batch(definition) is not None:
        # A batch of one is often only written down, not built in: the graph may take more, the function does not.
        return _opened(function, safe, size, origin)

    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        _ = loaded  # a function alone does not keep its variables alive
        answers = function(**inputs.feed(pictures, features))
        return {new: answers[own] for new, own in safe.items()}

    return build_network(run, inputs, origin)


def _opened(function: Any, outputs: Mapping[str, str], size: tuple[int, int] | None, origin: str) -> Network:
    """The graph of a signature with constants for its variables, so that its inputs can have another shape."""
    frozen = convert_variables_to_constants_v2(function, lower_control_flow=False)
    graph = FrozenGraph(frozen.graph.as_graph_def(), origin)
    # Outputs leave the frozen function in the order in which TensorFlow flattens a dict: by key.
    tensors = {
        own: tensor.name for own, tensor in zip(sorted(function.structured_outputs), frozen.outputs, strict=True)
    }
    inputs = [tensor.name for tensor in frozen.inputs]
    return graph_network(graph, inputs, {new: tensors[own] for new, own in outputs.items()}, size)


def _by_freezing(
    folder: Path, definition: Any, size: tuple[int, int] | None, wanted: Sequence[str], origin: str
) -> Network:
    """TensorFlow 1: the graph of a session, its variables made constants."""
    entries = [_entry(info.name, info) for _, info in sorted(definition.inputs.items())]
    safe = safe_names(_score_names(definition, wanted, origin))
    outputs = {new: definition.outputs[own].name for new, own in safe.items()}
    shapes: dict[str, Shape] = {entry.name: entry.shape for entry in entries if entry.shape is not None}
    graph = _frozen_by_session(folder, list(outputs.values()), origin)
    return graph_network(graph, list(dict.fromkeys(entry.name for entry in entries)), outputs, size, shapes=shapes)


def _frozen_by_session(folder: Path, tensors: Sequence[str], origin: str) -> FrozenGraph:
    """The part of a SavedModel's graph that some tensors need, with constants for its variables."""
    try:
        return FrozenGraph(_constants(folder, [node_name(name) for name in tensors]), origin)
    except Exception as error:  # whatever a restore or an initializer raises
        raise ModelError(f"{origin}: its variables cannot become constants: {first_line(error)}") from error


def _constants(folder: Path, nodes: Sequence[str]) -> tf.compat.v1.GraphDef:
    v1 = tf.compat.v1
    told = tf.get_logger().level
    tf.get_logger().setLevel("ERROR")  # it calls its own way to load such files outdated, and has no other
    try:
        with v1.Session(graph=tf.Graph()) as session:
            v1.saved_model.loader.load(session, [TAG], str(folder))
            return v1.graph_util.convert_variables_to_constants(session, session.graph_def, nodes)
    finally:
        tf.get_logger().setLevel(told)


def _entry(name: str, info: Any) -> InputTensor:
    """An input as its signature declares it."""
    dimensions = None if info.tensor_shape.unknown_rank else [dimension.size for dimension in info.tensor_shape.dim]
    shape = None if dimensions is None else tuple(None if number < 0 else number for number in dimensions)
    return InputTensor(name, shape, tf.as_dtype(info.dtype))


def _batch(definition: Any) -> int | None:
    """How many pictures the signature takes at a time; None for any number."""
    shapes = [_entry(name, info).shape for name, info in definition.inputs.items()]
    return next((shape[0] for shape in shapes if shape), None)


def _score_names(definition: Any, wanted: Sequence[str], origin: str) -> list[str]:
    """The outputs asked for, or all with floating numbers: labels and classes beside them are no scores."""
    if wanted:
        return wanted_outputs(sorted(definition.outputs), wanted, origin)
    names = [name for name, info in sorted(definition.outputs.items()) if tf.as_dtype(info.dtype).is_floating]
    if not names:
        raise ModelError(f"{origin}: expected an output of floating numbers. Received: {sorted(definition.outputs)}")
    return names


def _resizes(graph: FrozenGraph, heads: Sequence[str]) -> dict[str, tuple[int | None, ...]]:
    """{node that resizes the input `image`, perhaps made gray: shape of its result} of all that the heads need."""
    resizes = [name for name, node in graph.needed_by(heads, ()).items() if node.op == "ResizeBilinear"]
    first = [
        name for name in resizes if _IMAGE in graph.needed_by([name], [other for other in resizes if other != name])
    ]
    return {name: tensor.shape or () for name, tensor in tensors_of(graph, first).items()}


def _behind_resizes(graph: FrozenGraph, resizes: list[str], heads: list[str]) -> Network:
    """The network that begins behind the resizes of a frozen graph, which all give pictures of one size."""
    first, *others = resizes
    definition = tf.compat.v1.GraphDef()
    definition.CopyFrom(graph.definition)
    for node in definition.node:  # all give the same, so one may stand for all
        node.input[:] = [first if source in others else source for source in node.input]
    numbers = [_FEATURES] if _FEATURES in graph.needed_by(heads, resizes) else []
    return graph_network(
        FrozenGraph(definition, graph.origin), [first, *numbers], dict(zip(heads, heads, strict=True)), None
    )
