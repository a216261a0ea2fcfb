"""Compiled graphs, on one that OpenVINO builds itself: the sum of each row, and the row."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.serving.engines.openvino_graph import Graph, names

openvino = pytest.importorskip("openvino")
ops = pytest.importorskip("openvino.opset13")


def compiled() -> Any:
    row = ops.parameter([2, 3], np.float32, name="row")
    row.output(0).set_names({"row:0"})
    total = ops.reduce_sum(row, np.array([1]), keep_dims=True)
    total.output(0).set_names({"total:0"})
    return openvino.Core().compile_model(openvino.Model([total], [row], "sums"), "CPU")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph([compiled(), compiled()], rows=2, streams=1)


def totals(graph: Graph, rows: NDArray[Any], count: int = 2) -> list[float]:
    found = np.full((count, 1), np.nan, np.float32)
    graph.run({"row": rows}, {"total": found})
    return [float(value) for value in found[:, 0]]


def test_results_are_written_into_the_outputs(graph: Graph) -> None:
    assert totals(graph, np.array([[1, 2, 3], [4, 5, 6]], np.float32)) == [6, 15]


def test_only_the_first_rows_may_be_wanted(graph: Graph) -> None:
    assert totals(graph, np.array([[1, 2, 3], [4, 5, 6]], np.float32), count=1) == [6]


def test_arrays_that_nobody_may_write_or_that_lie_in_pieces(graph: Graph) -> None:
    read_only = np.frombuffer(np.array([[1, 2, 3], [4, 5, 6]], np.float32).tobytes(), np.float32).reshape(2, 3)
    assert totals(graph, read_only) == [6, 15]
    assert totals(graph, read_only[::-1]) == [15, 6]


def test_an_array_of_another_type_is_refused(graph: Graph) -> None:
    with pytest.raises(RuntimeError):
        totals(graph, np.zeros((2, 3), np.uint8))
    assert totals(graph, np.ones((2, 3), np.float32)) == [3, 3]


def test_calls_side_by_side(graph: Graph) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda k: totals(graph, np.full((2, 3), k, np.float32)), range(200)))
    assert found == [[3 * k, 3 * k] for k in range(200)]


def test_names_are_those_of_tensorflow() -> None:
    assert names(compiled().inputs[0]) == {"row"}
