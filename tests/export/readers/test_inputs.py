"""Which input takes the picture, which take numbers, and what they are fed."""

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.inputs import Axes, InputTensor, as_type, find_inputs
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

PICTURES = InputTensor("x", (None, 24, 32, 3), tf.float32)
NUMBERS = InputTensor("n", (None, 5), tf.float32)


def test_the_picture_and_the_features_are_found_by_their_shapes() -> None:
    inputs = find_inputs([NUMBERS, PICTURES], None, "net")
    assert inputs.picture == PictureInput(height=24, width=32, channels=3)
    assert (inputs.features, inputs.axes) == (5, Axes.CHANNELS_LAST)
    fed = inputs.feed(tf.zeros((2, 24, 32, 3)), tf.ones((2, 5)))
    assert {name: tuple(value.shape) for name, value in fed.items()} == {"x": (2, 24, 32, 3), "n": (2, 5)}


@pytest.mark.parametrize(("shape", "first"), [((None, 3, 24, 32), True), ((None, 3, 32, 3), False)])
def test_channels_in_front_are_taken_as_such_only_when_plain(shape: tuple[int | None, ...], first: bool) -> None:
    inputs = find_inputs([InputTensor("x", shape, tf.float32)], None, "net")
    assert (inputs.axes is Axes.CHANNELS_FIRST) is first


def test_channels_go_to_the_front() -> None:
    inputs = find_inputs([InputTensor("x", (None, 1, None, None), tf.float16)], (4, 6), "net")
    pictures = tf.random.uniform((2, 4, 6, 1))
    fed = inputs.feed(pictures, None)["x"]
    assert fed.dtype == tf.float16
    np.testing.assert_allclose(fed[:, 0], pictures[..., 0], atol=1e-3)


def test_whole_pixels_are_rounded_and_kept_in_range() -> None:
    rounded = as_type(tf.constant([-1.0, 0.49, 1.5, 2.5, 254.6, 300.0]), tf.uint8)
    assert rounded.numpy().tolist() == [0, 0, 2, 2, 255, 255]


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ([InputTensor("x", (None, 8, 8, 4), tf.float32)], r"expected one input of shape \(N, height, width, 1 or 3\)"),
        ([InputTensor("x", (None, 64), tf.float32)], r"expected one input of shape \(N, height, width, 1 or 3\)"),
        ([InputTensor("x", None, tf.float32)], "expected one input of shape"),
        ([InputTensor("x", (None, None, None, 3), tf.float32)], "say which: `size=...`"),
        ([InputTensor("image", (None,), tf.string)], r"takes encoded pictures \(strings\) by image"),
        ([PICTURES, PICTURES], "Received: x float32"),
        ([PICTURES, InputTensor("v", (None, 2, 3, 4, 5), tf.float32)], "perhaps some of numbers"),
        ([PICTURES, InputTensor("word", (None, 1), tf.string)], r"takes text \(strings\) by word"),
        ([PICTURES, InputTensor("wave", (None, 1), tf.complex64)], "expected inputs that take numbers. Received: wave"),
        ([InputTensor("x", (None, 64, 1), tf.float32)], r"expected one input of shape \(N, height, width, 1 or 3\)"),
        ([], "Received: no input"),
        ([PICTURES, InputTensor("n", (None, None), tf.float32)], "features of a fixed width"),
    ],
)
def test_other_inputs_are_refused(tensors: list[InputTensor], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        find_inputs(tensors, None, "net")


def test_gray_pictures_may_come_without_an_axis_of_channels() -> None:
    inputs = find_inputs([InputTensor("x", (None, 28, 20), tf.float32)], None, "net")
    assert inputs.picture == PictureInput(height=28, width=20, channels=1)
    pictures = tf.random.uniform((2, 28, 20, 1))
    np.testing.assert_array_equal(inputs.feed(pictures, None)["x"], pictures[..., 0])
    assert inputs.specs()["x"].shape.as_list() == [None, 28, 20]
    open_ended = find_inputs([InputTensor("x", (None, None, None), tf.uint8)], (4, 6), "net")
    assert open_ended.picture == PictureInput(height=4, width=6, channels=1)


def test_each_input_of_numbers_gets_its_part_of_the_features() -> None:
    inputs = find_inputs(
        [
            InputTensor("0", (None, 1), tf.float32, "height_mm"),
            PICTURES,
            InputTensor("1", (None, 2), tf.int32, "count"),
            InputTensor("2", (None,), tf.bool, "mirrored"),
        ],
        None,
        "net",
    )
    assert inputs.feature_names == ("height_mm", "count_0", "count_1", "mirrored")
    fed = inputs.feed(tf.zeros((2, 24, 32, 3)), tf.constant([[0.5, 1.6, -2, 1], [1.5, 3, 4, 0]]))
    assert fed["0"].numpy().tolist() == [[0.5], [1.5]]
    assert fed["1"].numpy().tolist() == [[2, -2], [3, 4]]
    assert fed["2"].numpy().tolist() == [True, False]
    assert {name: spec.shape.as_list() for name, spec in inputs.specs().items()} == {
        "x": [None, 24, 32, 3], "0": [None, 1], "1": [None, 2], "2": [None],
    }  # fmt: skip


def test_one_input_of_several_numbers_does_not_say_what_they_are() -> None:
    assert find_inputs([PICTURES, NUMBERS], None, "net").feature_names == ()
    alike = [PICTURES, InputTensor("0", (None, 2), tf.float32, "a"), InputTensor("1", (None, 1), tf.float32, "a_0")]
    assert find_inputs(alike, None, "net").feature_names == ()
