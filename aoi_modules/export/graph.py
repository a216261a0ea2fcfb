"""Functions -> frozen graphs: variables become constants, so that engines other than TensorFlow read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from tensorflow.core.protobuf import config_pb2, meta_graph_pb2, rewriter_config_pb2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.grappler import tf_optimizer

from aoi_modules.tf import tf

# Folding, merging and pruning only: the remapper would fuse operations into ones that exist in TensorFlow alone.
PASSES = ("pruning", "function", "constfold", "arithmetic", "dependency", "common_subgraph_elimination")


def freeze(function: Any, heads: Sequence[str]) -> tf.compat.v1.GraphDef:
    """Freezes a traced function to a graph with its inputs under their own names and one output named after each head.

    Args:
        function: concrete function; takes tensors named `image` and perhaps `features`, returns a dict of one tensor
            a head.
        heads: the keys of that dict.
    """
    frozen = convert_variables_to_constants_v2(function)
    # Outputs leave the frozen function in the order in which TensorFlow flattens a dict: by key.
    outputs = dict(zip(sorted(heads), frozen.outputs, strict=True))
    graph = tf.Graph()
    with graph.as_default():
        inputs = {
            source.name: tf.compat.v1.placeholder(source.dtype, source.shape, name=source.op.name)
            for source in frozen.inputs
        }
        results = tf.import_graph_def(
            frozen.graph.as_graph_def(),
            input_map=inputs,
            return_elements=[outputs[head].name for head in heads],
            name="model",
        )
        for head, result in zip(heads, results, strict=True):
            tf.identity(result, name=head)
    return optimize(graph, heads)


def optimize(graph: tf.Graph, outputs: Sequence[str]) -> tf.compat.v1.GraphDef:
    """Runs TensorFlow's graph optimizer offline; the nodes named in `outputs` and the inputs stay."""
    meta_graph = tf.compat.v1.train.export_meta_graph(graph_def=graph.as_graph_def(), graph=graph)
    fetches = meta_graph_pb2.CollectionDef()
    fetches.node_list.value.extend([f"{name}:0" for name in outputs])
    meta_graph.collection_def["train_op"].CopyFrom(fetches)
    config = config_pb2.ConfigProto()
    rewrite = config.graph_options.rewrite_options
    rewrite.CopyFrom(rewriter_config_pb2.RewriterConfig(optimizers=PASSES, min_graph_nodes=-1))
    rewrite.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.TWO
    return tf_optimizer.OptimizeGraph(config, meta_graph)


def run_frozen(
    graph_def: tf.compat.v1.GraphDef, batches: Sequence[Mapping[str, Any]], heads: Sequence[str]
) -> list[dict[str, Any]]:
    """Runs a frozen graph on one batch after the other.

    Args:
        graph_def: as `freeze` gives it.
        batches: of each the inputs by name: `image` uint8 (N, h, w, C), and `features` float32 (N, F) if it takes them.
        heads: which outputs.

    Returns:
        Of each batch {head: float32 (N, K)}.
    """
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(graph_def, name="")
    outputs = {head: f"{head}:0" for head in heads}
    with tf.compat.v1.Session(graph=graph) as session:
        feeds = [{f"{name}:0": values for name, values in batch.items()} for batch in batches]
        return [session.run(outputs, feed_dict=feed) for feed in feeds]
