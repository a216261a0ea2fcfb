"""Frozen graphs: functions whose variables became constants, which every engine reads."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from aoi_modules.errors import ModelError, StoreError
from aoi_modules.first_line import first_line
from aoi_modules.tf import tf
from aoi_modules.wire.tensors import Array

from tensorflow.core.framework.graph_pb2 import GraphDef as GraphDef
from tensorflow.core.framework.node_def_pb2 import NodeDef as NodeDef
from tensorflow.core.protobuf import config_pb2, meta_graph_pb2, rewriter_config_pb2
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
    disable_lower_using_switch_merge,
)
from tensorflow.python.grappler import tf_optimizer

# Each pass leaves only operations that every engine has. Not among them: the remapper, which fuses operations into
# ones that exist in TensorFlow alone.
PASSES = ("pruning", "function", "constfold", "arithmetic", "dependency", "common_subgraph_elimination")


_LIMITS = "graphs end at 2 GiB, and tables or Python code cannot become constants"


def definition(function: Any) -> GraphDef:
    """The graph of a traced function with the functions that it calls; its variables are inputs.

    Raises:
        ModelError: it holds more than the 2 GiB that one graph can hold.
    """
    try:
        return function.graph.as_graph_def()
    except ValueError as error:
        raise ModelError(f"the model does not fit into one graph: {first_line(error)}", hint=_LIMITS) from error


def freeze(function: Any) -> tuple[GraphDef, list[str], dict[str, str]]:
    """Freezes a traced function: its variables become constants.

    Args:
        function: concrete function that returns a dict of tensors.

    Returns:
        The graph, the names of its input tensors in the order of the arguments, and {key of the dict: tensor}.

    Raises:
        ModelError: the graph holds what cannot become a constant, or more than the 2 GiB that one file can hold.
    """
    try:
        # Loops stay one operation each: lowered, they would be cycles, and nothing below could walk the graph.
        frozen = convert_variables_to_constants_v2(function, lower_control_flow=False)
        graph = frozen.graph.as_graph_def()
    except (ValueError, tf.errors.OpError) as error:
        raise ModelError(f"the model cannot be frozen to constants: {first_line(error)}", hint=_LIMITS) from error
    # Outputs leave the frozen function in the order in which TensorFlow flattens a dict: by key.
    outputs = zip(sorted(function.structured_outputs), frozen.outputs, strict=True)
    return graph, [tensor.name for tensor in frozen.inputs], {key: tensor.name for key, tensor in outputs}


def inlined(function: Any) -> GraphDef:
    """The graph of a traced function, without calls of other functions; loops and branches keep their bodies."""
    whole = disable_lower_using_switch_merge(definition(function))
    fetches = [tensor.name for tensor in (*function.inputs, *function.outputs)]
    return _rewritten(function.graph, whole, fetches, ("function",))


def optimize(graph: tf.Graph | GraphDef, outputs: Sequence[str], passes: Sequence[str] = PASSES) -> GraphDef:
    """Runs TensorFlow's graph optimizer offline; the nodes named in `outputs` and the inputs they need stay."""
    if not isinstance(graph, tf.Graph):
        graph = imported(graph)
    return pruned(_rewritten(graph, graph.as_graph_def(), [f"{name}:0" for name in outputs], passes), outputs)


def without_calls(graph: GraphDef, outputs: Sequence[str]) -> GraphDef:
    """The graph with the functions that it calls in their place, such as Keras's convolutions in groups."""
    return optimize(graph, outputs, ("function",)) if graph.library.function else graph


def _rewritten(graph: tf.Graph, whole: GraphDef, fetches: Sequence[str], passes: Sequence[str]) -> GraphDef:
    """What TensorFlow's graph optimizer makes of a graph by some of its passes; `fetches` are tensors that stay."""
    meta_graph = tf.compat.v1.train.export_meta_graph(graph_def=whole, graph=graph)
    kept = meta_graph_pb2.CollectionDef()
    kept.node_list.value.extend(fetches)
    meta_graph.collection_def["train_op"].CopyFrom(kept)
    config = config_pb2.ConfigProto()
    rewrite = config.graph_options.rewrite_options
    rewrite.CopyFrom(rewriter_config_pb2.RewriterConfig(optimizers=passes, min_graph_nodes=-1))
    rewrite.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.TWO
    return tf_optimizer.OptimizeGraph(config, meta_graph)


def imported(graph: GraphDef) -> tf.Graph:
    """The graph as TensorFlow holds it, with the shapes that it can infer."""
    held = tf.Graph()
    with held.as_default():
        tf.import_graph_def(graph, name="")
    return held


def pruned(graph: GraphDef, outputs: Sequence[str]) -> GraphDef:
    """Only what `outputs` need, and without the notes that TensorFlow's tools leave on nodes and functions.

    Such a note may say that a function has to be compiled by XLA, which other engines do not have, or was specialised
    by the optimizer, which no SavedModel may say.
    """
    kept = GraphDef(versions=graph.versions, library=graph.library, node=in_order(graph, outputs))
    for part in (*kept.node, *kept.library.function, *(node for one in kept.library.function for node in one.node_def)):
        for note in [key for key in part.attr if key.startswith("_")]:
            del part.attr[note]
    return kept


def node_of(tensor: str) -> str:
    """The node that an input refers to: `conv:1` and `^conv` are of `conv`."""
    return tensor.removeprefix("^").partition(":")[0]


def tensor_of(name: str) -> str:
    """The tensor that a name refers to: `conv` is the first output of that node, `conv:0`."""
    return name if ":" in name else f"{name}:0"


def channels_last(node: NodeDef) -> bool:
    """Whether an operation on pictures takes them as (N, H, W, C)."""
    # Asking a node for an attribute that it has not would give it one.
    return "data_format" not in node.attr or node.attr["data_format"].s == b"NHWC"


def in_order(graph: GraphDef, wanted: Sequence[str] = ()) -> list[NodeDef]:
    """The nodes that `wanted` need, or all; each after those that it takes from."""
    nodes = {node.name: node for node in graph.node}
    ordered: list[NodeDef] = []
    done: set[str] = set()
    stack = [(name, False) for name in reversed(wanted or list(nodes))]
    while stack:
        name, taken = stack.pop()
        if name in done:
            continue
        if taken:
            done.add(name)
            ordered.append(nodes[name])
        else:
            stack.append((name, True))
            stack.extend((node_of(tensor), False) for tensor in nodes[name].input if node_of(tensor) not in done)
    return ordered


def constants(graph: GraphDef) -> dict[str, Array]:
    """The values of all constants by node, of any shape and dtype; an `Identity` of a constant is one too."""
    found: dict[str, Array] = {}
    for node in in_order(graph):
        if node.op == "Const":
            found[node.name] = tf.make_ndarray(node.attr["value"].tensor)
        elif node.op == "Identity" and node_of(node.input[0]) in found:
            found[node.name] = found[node_of(node.input[0])]
    return found


def constant(name: str, value: Array) -> NodeDef:
    """A node that holds a value of any shape and dtype."""
    node = NodeDef(name=name, op="Const")
    node.attr["dtype"].type = tf.as_dtype(value.dtype).as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
    return node


def digest(value: Array) -> str:
    """The SHA-256 of a tensor, of any shape and dtype: the same for two of equal type, shape and content."""
    content = value.tobytes() if value.dtype != object else repr(value.tolist()).encode()
    return hashlib.sha256(repr((value.dtype.str, value.shape)).encode() + content).hexdigest()


def without_optimizer() -> Any:
    """The configuration of a session that runs a graph as it stands."""
    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


@contextmanager
def unfused() -> Iterator[None]:
    """Here TensorFlow fuses no operations; some of them it can only run apart, see `rewriting.grouping`."""
    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"remapping": False})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"remapping": before.get("remapping", True)})


def read_frozen(file: Path) -> GraphDef:
    """Reads the frozen graph of a servable.

    Raises:
        StoreError: there is none.
        ModelError: it is damaged.
    """
    try:
        return GraphDef.FromString(file.read_bytes())
    except OSError as error:
        raise StoreError(f"{file}: cannot be read: {error.strerror}", hint="export the model again") from None
    except DecodeError as error:
        raise ModelError(f"{file}: damaged, no graph of TensorFlow: {first_line(error)}") from None


def run_frozen(graph: GraphDef, batches: Sequence[Mapping[str, Any]], heads: Sequence[str]) -> list[dict[str, Any]]:
    """Runs a frozen graph on one batch after the other.

    Args:
        graph: with its inputs under their names, and one output named after each head.
        batches: of each the inputs by name: `image` uint8 (N, h, w, C), and `features` float32 (N, F) if it takes them.
        heads: which outputs.

    Returns:
        Of each batch {head: float32 (N, K)}.
    """
    outputs = {head: f"{head}:0" for head in heads}
    with tf.compat.v1.Session(graph=imported(graph)) as session:
        feeds = [{f"{name}:0": np.asarray(values) for name, values in batch.items()} for batch in batches]
        return [session.run(outputs, feed_dict=feed) for feed in feeds]
