from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.graph import GraphDef, constants, run_frozen
from aoi_modules.export.heads import default_head
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.precision import Precision, stored, tolerance
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.tf import tf
from tests.export.networks import on_trunk


def product(weights: np.ndarray) -> GraphDef:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, len(weights)), name="image")
        tf.add(tf.matmul(image, tf.constant(weights)), tf.constant(0.1), name="head")
    return graph.as_graph_def()


def test_large_weights_take_half_the_bytes_and_small_ones_stay() -> None:
    weights = np.random.default_rng(0).normal(size=(32, 32)).astype(np.float32)
    half = stored(product(weights), "float16")
    assert {value.dtype.name for value in constants(half).values()} == {"float16", "float32"}
    assert half.ByteSize() < product(weights).ByteSize() * 0.6
    batch = {"image": np.ones((1, 32), np.float32)}
    before, after = (run_frozen(graph, [batch], ["head"])[0]["head"] for graph in (product(weights), half))
    np.testing.assert_allclose(after, before, atol=0.02)


def test_float32_changes_nothing() -> None:
    graph = product(np.ones((32, 32), np.float32))
    assert stored(graph, "float32") is graph


def test_weights_beyond_float16_are_refused() -> None:
    with pytest.raises(ModelError, match=r"holds 70000, more than float16"):
        stored(product(np.full((32, 32), 7e4, np.float32)), "float16")


def test_a_servable_of_half_precision_says_so_and_is_smaller(tmp_path: Path) -> None:
    model = ModelSource(network_of(on_trunk("short", 0)), (default_head("short", 1),))
    whole, half = write_servable(model, "pcb", tmp_path), write_servable(model, "pcb", tmp_path, precision="float16")
    assert half.manifest.precision == "float16"
    assert 1e-7 < half.difference < 1e-2
    sizes = [(one.path / "assets.extra/pixels.pb").stat().st_size for one in (whole, half)]
    assert sizes[1] < sizes[0]


def test_half_precision_is_one_of_constants(tmp_path: Path) -> None:
    model = ModelSource(network_of(on_trunk("short", 0)), (default_head("short", 1),))
    with pytest.raises(ModelError, match=r"`precision='float16'`: .* and `freeze=False` keeps variables"):
        write_servable(model, "pcb", tmp_path, freeze=False, precision="float16")


@pytest.mark.parametrize(
    ("dtype", "precision", "allowed"),
    [
        (tf.float32, "float32", 5e-5),
        (tf.float32, "float16", 1e-2),
        (tf.float16, "float32", 1e-2),
        (tf.bfloat16, "float16", 2e-2),
    ],
)
def test_models_that_compute_in_fewer_bits_may_be_further_away(
    dtype: tf.DType, precision: Precision, allowed: float
) -> None:
    with tf.Graph().as_default() as graph:
        tf.cast(tf.compat.v1.placeholder(tf.float32, (None, 2)), dtype) * 2
    assert tolerance(graph.as_graph_def(), precision) == allowed
