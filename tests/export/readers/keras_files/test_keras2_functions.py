import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.keras2_functions import TensorFlowFunction
from aoi_modules.tf import tf

VALUES = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_a_function_of_tensorflow_is_called_by_its_name() -> None:
    assert np.all(TensorFlowFunction(name="f", function="math.truediv")(VALUES, y=2.0) == VALUES / 2)
    assert TensorFlowFunction(name="f", function="compat.v1.squeeze")(tf.ones((1, 2)), axis=0).shape == (2,)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ([{"start": 1, "stop": None, "step": None}, {"start": None, "stop": -1, "step": 2}], VALUES[1:, :-1:2]),
        (["...", 0], VALUES[..., 0]),
        ([None, 2], VALUES[None, 2]),
        ({"start": 2, "stop": None, "step": None}, VALUES[2:]),
    ],
)
def test_slices_are_those_of_python(spec: object, expected: NDArray[np.float32]) -> None:
    result = TensorFlowFunction(name="f", function="__operators__.getitem")(tf.constant(VALUES), slice_spec=spec)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("function", ["io.write_file", "io.read_file", "py_function", "numpy_function", "raw_ops.Save"])
def test_functions_that_reach_outside_are_not_called(function: str) -> None:
    with pytest.raises(ModelError, match=f"calls tf.{function}, which is not among"):
        TensorFlowFunction(name="f", function=function)
