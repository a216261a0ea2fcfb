from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.export.graph import imported, run_frozen, without_optimizer
from aoi_modules.export.rewriting.folding import fold
from aoi_modules.tf import tf
from tests.export.rewriting.drawn_graphs import drawn, graph_of, pictures

PICTURES = pictures(3)


def folded(build: Callable[[tf.Tensor], tf.Tensor]) -> Counter[str]:
    """Folds, compares the results, and counts what is left."""
    whole = graph_of(build, 3)
    small = fold(whole, ["head"])
    # As it stands: TensorFlow's own optimizer dies of chains of products after a convolution.
    with tf.compat.v1.Session(graph=imported(whole), config=without_optimizer()) as session:
        before = session.run("head:0", {"image:0": PICTURES})
    after = run_frozen(small, [{"image": PICTURES}], ["head"])[0]["head"]
    np.testing.assert_allclose(after, before, rtol=1e-5, atol=1e-5)
    return Counter(node.op for node in small.node)


def convolution(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(x, drawn(3, 3, 3, 4), 1, "SAME")


def depthwise(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.depthwise_conv2d(x, drawn(3, 3, 3, 2), (1, 1, 1, 1), "VALID")


def dense(x: tf.Tensor) -> tf.Tensor:
    return tf.matmul(tf.reshape(x, (-1, 3)), drawn(3, 4))


def transposed(x: tf.Tensor) -> tf.Tensor:
    return tf.matmul(tf.reshape(x, (-1, 3)), drawn(5, 3), transpose_b=True)


STEPS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
    "scale": lambda x: x * drawn(x.shape[-1]),
    "scale from the left": lambda x: drawn(x.shape[-1]) * x,
    "scale by one number": lambda x: x * 1.5,
    "shift": lambda x: x + drawn(x.shape[-1]),
    "shift back": lambda x: x - drawn(x.shape[-1]),
    "bias": lambda x: tf.nn.bias_add(x, drawn(x.shape[-1])),
}


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([convolution, depthwise, dense, transposed]),
    st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4),
)
def test_scales_and_shifts_become_weights_and_one_bias(
    linear: Callable[[tf.Tensor], tf.Tensor], steps: list[str]
) -> None:
    def build(x: tf.Tensor) -> tf.Tensor:
        x = linear(x)
        for step in steps:
            x = STEPS[step](x)
        return tf.nn.relu(x)

    left = folded(build)
    assert left["BiasAdd"] == 1
    assert not left.keys() & {"Mul", "AddV2", "Sub"}


def test_a_batch_norm_of_keras_2_becomes_weights() -> None:
    def build(x: tf.Tensor) -> tf.Tensor:
        x = convolution(x)
        return tf.compat.v1.nn.fused_batch_norm(x, drawn(4), drawn(4), drawn(4), drawn(4), is_training=False)[0]

    left = folded(build)
    assert (left["BiasAdd"], left["FusedBatchNormV3"]) == (1, 0)


def test_a_batch_norm_that_looks_at_its_batch_stays() -> None:
    def build(x: tf.Tensor) -> tf.Tensor:
        return tf.compat.v1.nn.fused_batch_norm(convolution(x), drawn(4), drawn(4), is_training=True)[0]

    assert folded(build)["FusedBatchNormV3"] == 1


def test_what_two_take_is_not_changed_for_one() -> None:
    def build(x: tf.Tensor) -> tf.Tensor:
        x = convolution(x)
        return x * drawn(4) + x

    assert folded(build)["Mul"] == 1


def test_an_output_of_the_graph_is_not_changed() -> None:
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, 8, 9, 3), name="image")
        first = tf.nn.conv2d(image, drawn(3, 3, 3, 4), 1, "SAME", name="head")
        tf.multiply(first, drawn(4), name="other")
    small = fold(graph.as_graph_def(), ["head", "other"])
    whole = run_frozen(graph.as_graph_def(), [{"image": PICTURES}], ["head", "other"])[0]
    found = run_frozen(small, [{"image": PICTURES}], ["head", "other"])[0]
    assert all(np.allclose(whole[head], found[head]) for head in whole)


@pytest.mark.parametrize(
    ("pads", "stride", "left"),
    [
        (((0, 1), (1, 1)), 2, 0),  # 8 x 9 pixels: what SAME pads for stride 2
        (((1, 1), (1, 1)), 2, 1),
        (((1, 1), (1, 1)), 1, 0),
        (((2, 2), (2, 2)), 1, 1),
    ],
)
@pytest.mark.parametrize("each", [True, False])
def test_a_border_that_same_padding_makes_too_is_left_to_it(
    pads: tuple[tuple[int, int], tuple[int, int]], stride: int, left: int, each: bool
) -> None:
    def build(x: tf.Tensor) -> tf.Tensor:
        padded = tf.pad(x, ((0, 0), *pads, (0, 0)))
        if each:
            return tf.nn.depthwise_conv2d(padded, drawn(3, 3, 3, 1), (1, stride, stride, 1), "VALID")
        return tf.nn.conv2d(padded, drawn(3, 3, 3, 4), stride, "VALID")

    assert folded(build)["Pad"] == left
