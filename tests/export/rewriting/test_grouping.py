"""Grouped convolutions: run by TensorFlow with its optimizer, with its own kernels and with those of oneDNN."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.export.graph import imported, without_optimizer
from aoi_modules.export.rewriting.grouping import ungroup
from aoi_modules.tf import tf
from tests.export.rewriting.drawn_graphs import drawn, graph_of, pictures

PICTURES = pictures(4)
RUN = """
import sys
from pathlib import Path
import numpy as np
from aoi_modules.export.graph import read_frozen, run_frozen

folder = Path(sys.argv[1])
pictures = np.load(folder / "pictures.npy")
for file in folder.glob("*.pb"):
    np.save(file.with_suffix(".npy"), run_frozen(read_frozen(file), [{"image": pictures}], ["head"])[0]["head"])
"""


def convolution(x: tf.Tensor, groups: int, outputs: int = 8, stride: int | list[int] = 1) -> tf.Tensor:
    return tf.nn.conv2d(x, drawn(3, 3, x.shape[-1] // groups, outputs), stride, "SAME")


def norm(x: tf.Tensor) -> tf.Tensor:
    each = x.shape[-1]
    return tf.compat.v1.nn.fused_batch_norm(
        x, drawn(each), drawn(each), drawn(each), drawn(each), epsilon=0.01, is_training=False
    )[0]


def along_one_axis(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.bias_add(tf.nn.conv1d(x[:, 0], drawn(3, 2, 8), 1, "SAME"), drawn(8))


BUILDS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
    "bias": lambda x: tf.nn.relu(tf.nn.bias_add(convolution(x, 2), drawn(8))),
    "norm": lambda x: tf.nn.relu(norm(convolution(x, 2))),
    "each channel": lambda x: tf.nn.bias_add(convolution(x, 4, stride=2), drawn(8)),
    "each channel, norm": lambda x: tf.nn.relu(norm(convolution(x, 4, outputs=4))),
    "each channel, two strides": lambda x: tf.nn.bias_add(convolution(x, 4, stride=[1, 2, 1, 1]), drawn(8)),
    "each channel, dilated": lambda x: tf.nn.bias_add(
        tf.nn.conv2d(x, drawn(3, 3, 1, 4), 1, "SAME", dilations=2), drawn(4)
    ),
    "each channel, own border": lambda x: tf.nn.bias_add(
        tf.nn.conv2d(x, drawn(3, 3, 1, 4), 1, [[0, 0], [1, 2], [0, 1], [0, 0]]), drawn(4)
    ),
    "one axis": along_one_axis,
    "taken twice": lambda x: (lambda y: tf.nn.bias_add(y, drawn(8)) + y)(convolution(x, 2)),
}


@pytest.mark.slow
@pytest.mark.parametrize("onednn", ["0", "1"])
def test_scores_stay_whichever_kernels_run(onednn: str, tmp_path: Path) -> None:
    np.save(tmp_path / "pictures.npy", PICTURES)
    expected: dict[str, np.ndarray] = {}
    for name, build in BUILDS.items():
        whole = graph_of(build, 4)
        with tf.compat.v1.Session(graph=imported(whole), config=without_optimizer()) as session:
            expected[name] = session.run("head:0", {"image:0": PICTURES})
        (tmp_path / f"{name}.pb").write_bytes(ungroup(whole).SerializeToString())
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": onednn}
    subprocess.run([sys.executable, "-c", RUN, tmp_path], env=environment, check=True)
    for name, scores in expected.items():
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), scores, rtol=1e-5, atol=1e-4, err_msg=name)


def test_groups_of_one_channel_are_depthwise() -> None:
    left = Counter(node.op for node in ungroup(graph_of(BUILDS["each channel"], 4)).node)
    assert (left["DepthwiseConv2dNative"], left["Conv2D"]) == (1, 0)


def test_without_groups_nothing_changes() -> None:
    plain = graph_of(lambda x: tf.nn.bias_add(convolution(x, 1), drawn(8)), 4)
    assert ungroup(plain) is plain


def test_a_norm_of_training_stays() -> None:
    def build(x: tf.Tensor) -> tf.Tensor:
        return tf.compat.v1.nn.fused_batch_norm(convolution(x, 2), drawn(8), drawn(8), is_training=True)[0]

    assert any(node.op == "FusedBatchNormV3" for node in ungroup(graph_of(build, 4)).node)
