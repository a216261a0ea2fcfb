"""Functions that graphs call get names of their own."""

from aoi_modules.export.graph import GraphDef
from aoi_modules.export.rewriting.own_functions import with_own_functions
from aoi_modules.tf import tf


def test_functions_get_names_of_their_own() -> None:
    loop = tf.function(lambda x: tf.while_loop(lambda v: tf.reduce_sum(v) < 9, lambda v: v + 1, [x]))
    definition = loop.get_concrete_function(tf.TensorSpec((3,), tf.float32)).graph.as_graph_def()
    names = {function.signature.name for function in definition.library.function}
    renamed = with_own_functions(definition)
    fresh = {function.signature.name for function in renamed.library.function}
    assert names
    assert not names & fresh
    assert {name.rpartition("_")[0] for name in fresh} == names
    assert with_own_functions(definition) == renamed


def test_a_graph_without_functions_stays_as_it_is() -> None:
    plain = GraphDef()
    plain.node.add(name="x", op="Placeholder")
    assert with_own_functions(plain) == plain
