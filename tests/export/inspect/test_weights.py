"""Numbers that a network learnt, and where a SavedModel keeps them."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.export.graph import constant
from aoi_modules.export.inspect.weights import Weights, nodes, numbers_and_bytes
from aoi_modules.export.readers.saved_model_network import read_meta_graph
from aoi_modules.tf import tf
from tests.export.inspect.small_servables import put_foreign


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (np.zeros((2, 3), np.float32), (6, 24)),
        (np.zeros((2, 3), np.float16), (6, 12)),
        (np.zeros(5, np.uint8), (5, 5)),
        (np.zeros(5, np.int32), (0, 0)),  # a shape or axes
    ],
)
def test_a_weight_is_counted(value: np.ndarray, found: tuple[int, int]) -> None:
    assert numbers_and_bytes(constant("w", value)) == found


def test_what_is_no_constant_is_no_weight() -> None:
    node = constant("w", np.zeros(3, np.float32))
    node.op = "Placeholder"
    assert numbers_and_bytes(node) == (0, 0)


def test_variables_are_beside_the_graph(tmp_path: Path) -> None:
    weights = Weights.of(read_meta_graph(put_foreign(tmp_path / "1")))
    assert (weights.stored, weights.variables, weights.variable_numbers) == ("variables", 1, 8)
    assert weights.constants == 0


def test_constants_are_in_the_graph_and_its_functions(tmp_path: Path) -> None:
    table = np.arange(12, dtype=np.float32)
    module = tf.Module()
    module.call = tf.function(lambda x: {"y": x * table}, input_signature=[tf.TensorSpec((12,), tf.float32)])
    tf.saved_model.save(module, str(tmp_path), signatures=module.call.get_concrete_function())
    model = read_meta_graph(tmp_path)
    assert sum(node.op == "Mul" for node in nodes(model)) > sum(node.op == "Mul" for node in model.graph_def.node)
    weights = Weights.of(model)
    assert weights.stored == "constants"
    assert weights.constant_numbers == 12 * weights.constants > 0


def test_a_graph_without_weights(tmp_path: Path) -> None:
    module = tf.Module()
    module.call = tf.function(lambda x: {"y": x + 1.0}, input_signature=[tf.TensorSpec((None,), tf.float32)])
    tf.saved_model.save(module, str(tmp_path), signatures=module.call.get_concrete_function())
    assert Weights.of(read_meta_graph(tmp_path)).stored == "none"
