import numpy as np
import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.row_checks import check_inputs, check_outputs, row_counts
from aoi_modules.serving.engine import Arrays


def test_rows_of_each_input() -> None:
    assert row_counts({"x": np.zeros(3), "z": np.zeros((3, 2))}) == {3}
    assert row_counts({"x": np.zeros(3), "z": np.array(1.0)}) == {3, -1}
    assert row_counts({}) == set()


def test_what_fits_is_not_refused() -> None:
    check_inputs({"x": np.zeros(3), "z": np.zeros((3, 2))}, 3)
    check_outputs({"y": np.zeros(3), "w": np.zeros((3, 5))}, 3)


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"x": np.array(1.0)}, "Batching session Run() input tensors must have at least one dimension"),
        ({"x": np.ones(2), "z": np.ones(1)}, "Batching session Run() input tensors must have equal 0th-dimension size"),
        ({"x": np.ones(4)}, "Task size 4 is larger than maximum input batch size 3"),
    ],
)
def test_inputs_that_cannot_be_merged(inputs: Arrays, text: str) -> None:
    with pytest.raises(RpcError) as caught:
        check_inputs(inputs, 3)
    assert (caught.value.code, caught.value.message) == ("INVALID_ARGUMENT", text)


@pytest.mark.parametrize("output", [np.array(1.0), np.zeros(2), np.zeros((4, 3))])
def test_outputs_that_cannot_be_shared_out(output: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    with pytest.raises(RpcError, match="Batched output tensor") as caught:
        check_outputs({"y": np.zeros(3), "w": output}, 3)
    assert caught.value.code == "FAILED_PRECONDITION"
