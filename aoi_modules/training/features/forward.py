"""Runs a frozen backbone over many pictures: what every engine can do, and TensorFlow's way."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aoi_modules.modelstore.layout import IMAGE
from aoi_modules.tf import keras, tf

Block = NDArray[np.float32]
"""Pictures (B, H, W, C), or features (B, F)."""
Write = Callable[[int, Block], None]
"""Gets the number of a block's first row, and the block's features float32 (B, F)."""


class Forward(Protocol):
    """A backbone on an engine."""

    name: str

    def __call__(self, block: Block) -> Block:
        """Computes features float32 (B, F) of pictures float32 (B, H, W, C) in [0, 255]."""

    def run(self, blocks: Iterable[tuple[int, Block]], write: Write) -> None:
        """Computes the features of every block and hands them to `write`, in any order.

        Args:
            blocks: the number of a block's first row, and its pictures float32 (B, H, W, C) in [0, 255].
            write: gets that number, and the features float32 (B, F).
        """


class TensorFlowForward:
    """A backbone as a graph whose weights are constants."""

    def __init__(self, function: Any) -> None:
        self.name = f"TensorFlow {tf.__version__}"
        self.function = function

    def __call__(self, block: Block) -> Block:
        answer = self.function(tf.convert_to_tensor(block))
        features: Block = (answer[0] if isinstance(answer, list | tuple) else answer).numpy()
        return features

    def run(self, blocks: Iterable[tuple[int, Block]], write: Write) -> None:
        """Computes block after block; see `Forward.run`."""
        for row, block in blocks:
            write(row, self(block))


def traced(backbone: keras.Model) -> Any:
    """Traces the backbone as one graph, from float32 (B, H, W, C), any B, to float32 (B, F)."""
    shape = (None, *backbone.inputs[0].shape[1:])
    function = tf.function(
        lambda block: tf.cast(backbone(block, training=False), tf.float32),
        input_signature=[tf.TensorSpec(shape, tf.float32, name=IMAGE)],
    )
    return function.get_concrete_function()


def frozen(function: Any) -> Any:
    """Makes a traced function's variables constants, so that an engine can fold batch norm into convolutions."""
    # Here, because it imports TensorFlow, which is quiet only after `aoi_modules.tf`.
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    # Loops stay one operation each, as other engines read them.
    return convert_variables_to_constants_v2(function, lower_control_flow=False)


def disagreement(found: Block, expected: Block) -> float:
    """Computes how far two engines are apart, in units of the features' scale.

    The largest absolute difference of any feature, divided by the root mean square of all the expected ones.

    Args:
        found: float32 (B, F).
        expected: float32 (B, F).

    Returns:
        0 for equal features, infinity where a number is not finite or all that is expected is zero.
    """
    if np.array_equal(found, expected):
        return 0.0
    scale = float(np.sqrt(np.mean(np.square(expected, dtype=np.float64))))
    apart = float(np.max(np.abs(found.astype(np.float64) - expected)))
    return apart / scale if scale > 0 and np.isfinite(apart) and np.isfinite(scale) else float("inf")
