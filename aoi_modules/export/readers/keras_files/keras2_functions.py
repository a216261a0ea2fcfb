"""The calls of TensorFlow that Keras 2 kept as layers inside a functional model: `x / 127.5`, `tf.concat`, `x[:, 1:]`.

Only functions that compute are called: a model file must not be able to read or write files, or to run Python.
"""

from functools import reduce
from typing import Any

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.keras2_config import FUNCTIONS, HARD_SIGMOID
from aoi_modules.tf import keras, tf

_MODULES = ("math.", "nn.", "linalg.", "__operators__.")
_SINGLE = """argmax argmin cast clip_by_value concat convert_to_tensor einsum expand_dims gather identity
    one_hot ones_like pad repeat reshape reverse round shape size slice split squeeze stack stop_gradient
    strided_slice tensordot tile transpose unstack where zeros_like image.adjust_brightness
    image.adjust_contrast image.central_crop image.crop_to_bounding_box image.flip_left_right image.flip_up_down
    image.grayscale_to_rgb image.pad_to_bounding_box image.per_image_standardization image.resize
    image.resize_with_crop_or_pad image.resize_with_pad image.rgb_to_grayscale image.rot90 image.transpose""".split()


class TensorFlowFunction(keras.Operation):  # type: ignore[misc]
    """One call of a TensorFlow function as a part of a Keras model.

    Args:
        name: of the part.
        function: name of the function below `tf`, `"math.truediv"`.

    Raises:
        ModelError: it is not one of those that only compute.
    """

    def __init__(self, *, name: str, function: str) -> None:
        super().__init__(name=name)
        plain = function.removeprefix("compat.v1.")
        if not plain.startswith(_MODULES) and plain not in _SINGLE:
            raise ModelError(
                f"layer {name} calls tf.{function}, which is not among the functions that are allowed in a model file",
                hint="write it as a SavedModel with the Keras that made it: tf.saved_model.save(model, DIR)",
            )
        self.function = function

    def call(self, *arguments: Any, **named: Any) -> Any:
        """Calls the function as Keras calls its own operations; any of the arguments may be tensors."""
        if self.function == "__operators__.getitem":
            return arguments[0][tuple(_index(part) for part in _as_list(named["slice_spec"]))]
        return reduce(getattr, self.function.split("."), tf)(*arguments, **named)


def hard_sigmoid(values: tf.Tensor) -> tf.Tensor:
    """The straight line of Keras 2: 0.2 x + 0.5 within [0, 1]; that of Keras 3 is x / 6 + 0.5."""
    return tf.clip_by_value(0.2 * values + 0.5, 0.0, 1.0)


FUNCTION_OBJECTS = dict.fromkeys(FUNCTIONS, TensorFlowFunction) | {HARD_SIGMOID: hard_sigmoid}


def _as_list(slices: Any) -> list[Any]:
    return list(slices) if isinstance(slices, (list, tuple)) else [slices]


def _index(part: Any) -> Any:
    """One index; a slice was written as its three numbers."""
    if isinstance(part, dict):
        return slice(part.get("start"), part.get("stop"), part.get("step"))
    return Ellipsis if part == "..." else part
