"""Multiply-adds of one picture, against what can be counted by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from aoi_modules.export.graph import imported
from aoi_modules.export.inspect.work import COUNTED, MULTIPLYING, UNCOUNTED, multiply_adds
from aoi_modules.tf import tf


def drawn(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def counted(build: Callable[[tf.Tensor], tf.Tensor]) -> list[int | None]:
    """The work of what multiplies in a graph over pictures of 6 x 8 x 3."""
    held = tf.Graph()
    with held.as_default():
        build(tf.compat.v1.placeholder(tf.float32, (None, 6, 8, 3), name="image"))
    graph = held.as_graph_def()
    whole = imported(graph)
    return [multiply_adds(node, whole) for node in graph.node if node.op in MULTIPLYING]


def flat(x: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(x, (1, 2))


@pytest.mark.parametrize(
    ("build", "work"),
    [
        (lambda x: tf.nn.conv2d(x, drawn(3, 3, 3, 5), 1, "SAME"), 3 * 3 * 3 * 5 * 6 * 8),
        (lambda x: tf.nn.conv2d(x, drawn(3, 3, 3, 5), 2, "SAME"), 3 * 3 * 3 * 5 * 3 * 4),
        (lambda x: tf.nn.depthwise_conv2d(x, drawn(3, 3, 3, 1), (1, 1, 1, 1), "SAME"), 3 * 3 * 3 * 6 * 8),
        (lambda x: tf.matmul(flat(x), drawn(3, 7)), 3 * 7),
        (lambda x: tf.matmul(flat(x), drawn(7, 3), transpose_b=True), 3 * 7),
        (lambda x: tf.einsum("nhwc,co->nhwo", x, drawn(3, 2)), None),
    ],
    ids=["convolution", "strided", "depthwise", "dense", "transposed", "einsum"],
)
def test_the_work_of_one_picture(build: Callable[[tf.Tensor], tf.Tensor], work: int | None) -> None:
    assert counted(build) == [work]


def test_open_sizes_have_no_known_work() -> None:
    held = tf.Graph()
    with held.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (None, None, None, 3))
        tf.nn.conv2d(image, drawn(3, 3, 3, 5), 1, "SAME")
    graph = held.as_graph_def()
    (node,) = (node for node in graph.node if node.op in COUNTED)
    assert multiply_adds(node, imported(graph)) is None


def test_what_is_counted_and_what_is_not_are_two_sets() -> None:
    assert not COUNTED & UNCOUNTED
