"""Loops whose bodies hold their own constants."""

from collections import Counter

import numpy as np

from aoi_modules.export import graph as graphs
from aoi_modules.export.graph import GraphDef, run_frozen
from aoi_modules.export.rewriting.computing_ahead import compute_ahead
from aoi_modules.export.rewriting.loops import fold_loops
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras, tf
from aoi_modules.training.networks.tiling import tiled_features

PICTURE = PictureInput(height=24, width=32, channels=3)
SHOWN = np.random.default_rng(0).uniform(0, 1, (2, 24, 32, 3)).astype(np.float32)


def network() -> keras.Model:
    """Convolution, batch norm with statistics of its own, and a pool: (N, 8, 16, 3) -> (N, 5)."""
    keras.utils.set_random_seed(5)
    image = keras.Input((8, 16, 3), name="image")
    norm = keras.layers.BatchNormalization(
        moving_mean_initializer="normal", moving_variance_initializer=keras.initializers.RandomUniform(0.5, 2.0)
    )
    x = keras.layers.DepthwiseConv2D(3, use_bias=False)(image)
    x = norm(keras.layers.Conv2D(5, 3, use_bias=False)(x), training=False)
    return keras.Model(image, keras.layers.GlobalMaxPooling2D()(x), name="small")


def frozen(model: keras.Model) -> GraphDef:
    function = tf.function(
        lambda image: {"head": model(image, training=False)},
        input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="image")],
    ).get_concrete_function()
    graph, (taken,), found = graphs.freeze(function)
    graph.node.add(name="head", op="Identity", input=[found["head"]]).attr["T"].type = tf.float32.as_datatype_enum
    assert taken == "image:0"
    return compute_ahead(graphs.pruned(graph, ["head"]), ["head"])


def inside(graph: GraphDef) -> Counter[str]:
    """The operations of all bodies that a loop of the graph runs."""
    bodies = {node.attr["body"].func.name for node in graph.node if node.op in ("While", "StatelessWhile")}
    found = [one for one in graph.library.function if one.signature.name in bodies]
    return Counter(node.op for one in found for node in one.node_def)


def test_a_batch_norm_in_a_loop_becomes_part_of_its_convolution() -> None:
    model = tiled_features(network(), PICTURE, (3, 2))
    whole = frozen(model)
    assert inside(whole)["Rsqrt"] == 1
    small = fold_loops(whole)
    found = run_frozen(small, [{"image": SHOWN}], ["head"])[0]["head"]
    np.testing.assert_allclose(found, np.asarray(model(SHOWN)), rtol=1e-5, atol=1e-5)
    left = inside(small)
    assert left["Conv2D"] == left["DepthwiseConv2dNative"] == 1
    assert left["Rsqrt"] == 0
    assert left["Mul"] < inside(whole)["Mul"]


def test_the_weights_are_in_the_file_once() -> None:
    whole = frozen(tiled_features(network(), PICTURE, (3, 2)))
    small = graphs.pruned(fold_loops(whole), ["head"])
    (loop,) = (node for node in small.node if node.op in ("While", "StatelessWhile"))
    assert len(loop.attr["T"].list.type) == len(loop.input)
    taken = graphs.constants(small)
    assert all(taken[graphs.node_of(tensor)].ndim == 0 for tensor in loop.input if graphs.node_of(tensor) in taken)


def test_a_graph_without_a_loop_stays_as_it_is() -> None:
    whole = frozen(network())
    assert fold_loops(whole).node == whole.node
