import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.interface import (
    InputTensor,
    as_type,
    build_network,
    find_inputs,
    safe_names,
    wanted_names,
)
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf

PICTURES = InputTensor("x", (None, 24, 32, 3), tf.float32)
NUMBERS = InputTensor("n", (None, 5), tf.float32)


def test_the_picture_and_the_features_are_found_by_their_shapes() -> None:
    inputs = find_inputs([NUMBERS, PICTURES], None, "net")
    assert inputs.picture == PictureInput(height=24, width=32, channels=3)
    assert (inputs.features, inputs.channels_first) == (5, False)
    fed = inputs.feed(tf.zeros((2, 24, 32, 3)), tf.ones((2, 5)))
    assert {name: tuple(value.shape) for name, value in fed.items()} == {"x": (2, 24, 32, 3), "n": (2, 5)}


@pytest.mark.parametrize(("shape", "first"), [((None, 3, 24, 32), True), ((None, 3, 32, 3), False)])
def test_channels_in_front_are_taken_as_such_only_when_plain(shape: tuple[int | None, ...], first: bool) -> None:
    inputs = find_inputs([InputTensor("x", shape, tf.float32)], None, "net")
    assert inputs.channels_first is first


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
        ([PICTURES, NUMBERS, NUMBERS], "perhaps one of features"),
        ([], "Received: no input"),
        ([PICTURES, InputTensor("n", (None, None), tf.float32)], "features of a fixed width"),
    ],
)
def test_other_inputs_are_refused(tensors: list[InputTensor], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        find_inputs(tensors, None, "net")


@given(st.lists(st.text(max_size=6), unique=True))
def test_every_output_gets_a_name_of_its_own_that_a_servable_may_use(names: list[str]) -> None:
    safe = safe_names(names)
    assert list(safe.values()) == names
    assert all(name and set(name) <= set("0123456789_.-") | set(map(chr, range(65, 91))) | set(map(chr, range(97, 123)))
               for name in safe)  # fmt: skip


def test_plain_names_stay() -> None:
    assert safe_names(["head/Sigmoid", "a.b-c", "head_Sigmoid"]) == {
        "head_Sigmoid": "head/Sigmoid",
        "a.b-c": "a.b-c",
        "head_Sigmoid_2": "head_Sigmoid",
    }


def test_an_output_that_is_not_there_is_named() -> None:
    assert wanted_names("outputs", [], ["a", "b"], "net") == ["a", "b"]
    with pytest.raises(ModelError, match=r"net: expected `outputs` of a, b\. Received: c"):
        wanted_names("outputs", ["c"], ["a", "b"], "net")


def test_widths_are_seen_by_running_and_rows_of_one_number_become_a_column() -> None:
    def run(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        mean = tf.reduce_mean(pictures, axis=(1, 2))
        return {"wide": tf.cast(mean, tf.float16), "narrow": mean[:, 0]}

    network = build_network(run, find_inputs([PICTURES], None, "net"), "net")
    assert network.outputs == {"wide": 3, "narrow": 1}
    answers = tf.function(network.run)(tf.ones((4, 24, 32, 3)), None)
    assert [(value.dtype, tuple(value.shape)) for value in answers.values()] == [
        (tf.float32, (4, 3)),
        (tf.float32, (4, 1)),
    ]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (lambda pictures: pictures, r"expected the output y of shape \(N, K\)"),
        (lambda pictures: tf.reduce_sum(pictures), r"expected the output y of shape \(N, K\)"),
        (lambda pictures: tf.ones((1, 3)), "one row of output y for each of two pictures"),
        (lambda pictures: tf.reshape(pictures, (5, 7)), "does not run on two pictures of 24 x 32 x 3"),
    ],
)
def test_outputs_that_are_no_scores_are_refused(output: object, words: str) -> None:
    inputs = find_inputs([PICTURES], None, "net")
    with pytest.raises(ModelError, match=words):
        build_network(lambda pictures, features: {"y": output(pictures)}, inputs, "net")  # type: ignore[operator]
