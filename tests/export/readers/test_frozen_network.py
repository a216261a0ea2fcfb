from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format

from aoi_modules.errors import ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.readers.frozen_network import read_frozen_network
from aoi_modules.export.reading import Reading
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import tf
from tests.export.readers.graphs import PICTURES, convolution, expected, v1, write


def frozen(path: Path, shape: Any, dtype: Any = tf.float32) -> Path:
    """x -> net/score (N, 2) and net/sum (N,); `spare` is not needed for them."""
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(dtype, shape, name="x")
        v1.placeholder(tf.float32, (), name="spare")
        with tf.name_scope("net"):
            score = tf.identity(convolution(tf.cast(x, tf.float32)), name="score")
            tf.reduce_sum(score, axis=1, name="sum")
    return write(graph, path)


def scores(network: Network, pictures: Any = PICTURES) -> dict[str, Any]:
    answers = tf.function(network.run)(tf.constant(pictures), None)
    return {name: values.numpy() for name, values in answers.items()}


@pytest.mark.parametrize(("given", "asked"), [("x", "net/score"), ("x:0", "net/score:0")])
def test_nodes_and_tensors_name_inputs_and_outputs(tmp_path: Path, given: str, asked: str) -> None:
    path = frozen(tmp_path / "net.pb", (None, 8, 12, 3))
    network = read_frozen_network(path, Reading(inputs=(given,), outputs=(asked, "net/sum")))
    assert network.picture == PictureInput(height=8, width=12, channels=3)
    assert network.outputs == {"net_score": 2, "net_sum": 1}
    found = scores(network)
    np.testing.assert_allclose(found["net_score"], expected(), rtol=1e-5)
    np.testing.assert_allclose(found["net_sum"][:, 0], expected().sum(axis=1), rtol=1e-5)


def test_a_run_works_at_once_too(tmp_path: Path) -> None:
    network = read_frozen_network(
        frozen(tmp_path / "n.pb", (None, 8, 12, 3)), Reading(inputs=("x",), outputs=("net/score",))
    )
    np.testing.assert_allclose(network.run(tf.constant(PICTURES), None)["net_score"], expected(), rtol=1e-5)


@pytest.mark.parametrize("shape", [(1, 8, 12, 3), (None, None, None, 3), (None, None, None, None), None])
def test_what_a_placeholder_leaves_open_comes_from_the_size(tmp_path: Path, shape: Any) -> None:
    path = frozen(tmp_path / "net.pb", shape)
    network = read_frozen_network(path, Reading(inputs=("x",), outputs=("net/score",), size=(8, 12)))
    np.testing.assert_allclose(scores(network)["net_score"], expected(), rtol=1e-5)
    if shape != (1, 8, 12, 3):
        with pytest.raises(ModelError):
            read_frozen_network(path, Reading(inputs=("x",), outputs=("net/score",)))


def test_a_placeholder_without_shape_may_be_gray(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        convolved = tf.nn.conv2d(v1.placeholder(tf.float32, name="x"), np.ones((3, 3, 1, 2), np.float32), 1, "SAME")
        tf.reduce_mean(convolved, axis=(1, 2), name="y")
    network = read_frozen_network(write(graph, tmp_path / "n.pb"), Reading(inputs=("x",), outputs=("y",), size=(8, 12)))
    assert (network.picture.channels, network.outputs) == (1, {"y": 2})


def test_bytes_as_pixels_are_rounded(tmp_path: Path) -> None:
    path = frozen(tmp_path / "net.pb", (None, 8, 12, 3), tf.uint8)
    network = read_frozen_network(path, Reading(inputs=("x",), outputs=("net/score",)))
    whole = convolution(tf.constant(np.round(PICTURES))).numpy()
    np.testing.assert_allclose(scores(network)["net_score"], whole, rtol=1e-5)


def test_channels_may_be_in_front(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, (None, 3, 8, 12), name="x")
        tf.identity(convolution(tf.transpose(x, (0, 2, 3, 1))), name="y")
    network = read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("x",), outputs=("y",)))
    assert network.picture == PictureInput(height=8, width=12, channels=3)
    np.testing.assert_allclose(scores(network)["y"], expected(), rtol=1e-5)


def test_a_graph_may_take_features(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        numbers = v1.placeholder(tf.float32, (None, 4), name="numbers")
        x = v1.placeholder(tf.float32, (None, 8, 12, 3), name="x")
        tf.concat([convolution(x), numbers], axis=1, name="y")
    network = read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("numbers", "x"), outputs=("y",)))
    assert (network.features, network.outputs) == (4, {"y": 6})
    found = network.run(tf.constant(PICTURES), tf.ones((3, 4)))["y"]
    np.testing.assert_allclose(found, np.hstack([expected(), np.ones((3, 4))]), rtol=1e-5)


def test_an_inner_tensor_may_be_the_input(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        resized = tf.image.resize(tf.io.decode_png(v1.placeholder(tf.string, (), name="x"))[None], (8, 12))
        scaled = tf.identity(tf.ensure_shape(resized, (1, 8, 12, 3)), name="pixels")
        tf.identity(convolution(scaled), name="y")
    network = read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("pixels",), outputs=("y",)))
    np.testing.assert_allclose(scores(network)["y"], expected(), rtol=1e-5)


@pytest.mark.parametrize(
    ("inputs", "outputs", "missing"), [([], [], "`inputs` and `outputs`"), (["x"], [], "`outputs`")]
)
def test_without_names_the_candidates_are_listed(
    tmp_path: Path, inputs: list[str], outputs: list[str], missing: str
) -> None:
    path = frozen(tmp_path / "net.pb", (None, 8, 12, 3))
    with pytest.raises(ModelError, match=f"{missing} must.*placeholders x, spare and the ends net/sum") as caught:
        read_frozen_network(path, Reading(inputs=tuple(inputs), outputs=tuple(outputs)))
    assert caught.value.hint == "`inputs=('x',)` `outputs=('net/sum',)`"


def test_an_unknown_node_leads_to_the_candidates(tmp_path: Path) -> None:
    path = frozen(tmp_path / "net.pb", (None, 8, 12, 3))
    with pytest.raises(ModelError, match="has no node 'scores'") as caught:
        read_frozen_network(path, Reading(inputs=("x",), outputs=("scores:0",)))
    assert "net/sum" in caught.value.hint
    with pytest.raises(ModelError, match="not usable as a TensorFlow graph"):
        read_frozen_network(path, Reading(inputs=("x",), outputs=("net/score:7",)))


@pytest.mark.parametrize("default", [True, False])
def test_switches_need_a_default(tmp_path: Path, default: bool) -> None:
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, (None, 8, 12, 3), name="x")
        switch = (
            v1.placeholder_with_default(False, (), name="is_training")
            if default
            else v1.placeholder(tf.bool, (), name="is_training")
        )
        tf.where(switch, 0.0, convolution(x), name="y")
    path = write(graph, tmp_path / "net.pb")
    if default:
        found = scores(read_frozen_network(path, Reading(inputs=("x",), outputs=("y",))))["y"]
        np.testing.assert_allclose(found, expected(), rtol=1e-5)
    else:
        with pytest.raises(ModelError, match="need more than x: the placeholders is_training"):
            read_frozen_network(path, Reading(inputs=("x",), outputs=("y",)))


@pytest.mark.parametrize("resource", [True, False])
def test_a_graph_with_variables_is_not_frozen(tmp_path: Path, resource: bool) -> None:
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, (None, 8, 12, 3), name="x")
        kernel = v1.get_variable("kernel", (3, 3, 3, 2), use_resource=resource)
        tf.identity(convolution(x, kernel), name="y")
    with pytest.raises(ModelError, match=r"is not frozen: it has the variables .*kernel"):
        read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("x",), outputs=("y",)))


def test_lookup_tables_are_refused(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, (None, 8, 12, 3), name="x")
        table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([0, 1], [0.5, 0.7]), 0.0)
        tf.identity(table.lookup(tf.cast(convolution(x), tf.int32)), name="y")
    with pytest.raises(ModelError, match="lookup tables"):
        read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("x",), outputs=("y",)))


def looped(path: Path, factor: float) -> Path:
    """Scores times `factor` three times, in a loop whose body is a function."""
    function = tf.function(
        lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * factor), (0, convolution(x)))[1]
    ).get_concrete_function(tf.TensorSpec((None, 8, 12, 3), name="x"))
    definition = function.graph.as_graph_def()
    text = str(definition)
    for number, called in enumerate(definition.library.function):
        text = text.replace(f'"{called.signature.name}"', f'"called_{number}"')  # the same names in each file
    path.write_bytes(text_format.Parse(text, v1.GraphDef()).SerializeToString())
    return path


def test_graphs_with_loops_stay_apart_though_their_functions_have_the_same_names(tmp_path: Path) -> None:
    networks = {
        factor: read_frozen_network(
            looped(tmp_path / f"{factor}.pb", factor), Reading(inputs=("x",), outputs=("Identity",))
        )
        for factor in (2.0, 3.0)
    }
    for factor, network in networks.items():
        np.testing.assert_allclose(scores(network)["Identity"], expected() * factor**3, rtol=1e-5)


def test_maps_are_no_scores(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        tf.square(v1.placeholder(tf.float32, (None, 8, 12, 3), name="x"), name="y")
    with pytest.raises(ModelError, match=r"expected the output y of shape \(N, K\)"):
        read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("x",), outputs=("y",)))


def test_a_batch_that_is_baked_in_is_refused(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, (1, 8, 12, 3), name="x")
        tf.reshape(convolution(x), (1, 2), name="y")
    with pytest.raises(ModelError, match="is built for batches of 1") as caught:
        read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("x",), outputs=("y",)))
    assert "batches of any size" in caught.value.hint


def test_nonsense_is_no_graph(tmp_path: Path) -> None:
    (tmp_path / "net.pb").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="not readable as a TensorFlow graph"):
        read_frozen_network(tmp_path / "net.pb", Reading(inputs=("x",), outputs=("y",)))
    with pytest.raises(ModelError, match="No such file"):
        read_frozen_network(tmp_path / "none.pb", Reading(inputs=("x",), outputs=("y",)))


def test_what_computes_the_inputs_is_cut_off(tmp_path: Path) -> None:
    """A pipeline, random augmentation and Python code in front, and a note that the rest has to share their device."""
    with tf.Graph().as_default() as graph:
        rows = tf.data.Dataset.from_tensors(np.zeros((2, 8, 12, 3), np.float32)).repeat()
        read = v1.data.make_one_shot_iterator(rows).get_next()
        drawn = v1.py_func(lambda x: x, [read + v1.random_normal(tf.shape(read))], tf.float32)
        x = tf.reshape(drawn, (-1, 8, 12, 3), name="x")
        with tf.control_dependencies([x]), v1.colocate_with(x):
            tf.identity(convolution(x), name="y")
    network = read_frozen_network(write(graph, tmp_path / "net.pb"), Reading(inputs=("x",), outputs=("y",)))
    np.testing.assert_allclose(scores(network)["y"], expected(), rtol=1e-5)


def test_an_input_that_no_output_needs_is_named(tmp_path: Path) -> None:
    path = frozen(tmp_path / "net.pb", (None, 8, 12, 3))
    with pytest.raises(ModelError, match=r"`inputs`: no output needs spare; the outputs are net/score"):
        read_frozen_network(path, Reading(inputs=("x", "spare"), outputs=("net/score",)))


@pytest.mark.parametrize(("shape", "size"), [((None, 8, 12), None), ((None, None, None), (8, 12)), (None, (8, 12))])
def test_gray_pictures_may_have_no_axis_of_channels(tmp_path: Path, shape: Any, size: Any) -> None:
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.uint8, shape, name="x")
        tf.reduce_mean(tf.cast(tf.ensure_shape(x, (None, 8, 12)), tf.float32), axis=1, name="y")
    path = write(graph, tmp_path / "net.pb")
    network = read_frozen_network(path, Reading(inputs=("x",), outputs=("y",), size=size))
    assert network.picture == PictureInput(height=8, width=12, channels=1)
    found = scores(network, PICTURES[..., :1])["y"]
    np.testing.assert_allclose(found, np.round(PICTURES[..., 0]).mean(axis=1), rtol=1e-5)


def test_nodes_name_the_numbers_beside_a_picture(tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        weight, sizes = v1.placeholder(tf.float32, (None,), name="weight"), v1.placeholder(tf.int32, (None, 2), "sizes")
        x = v1.placeholder(tf.float32, (None, 8, 12, 3), name="x")
        tf.concat([convolution(x), weight[:, None], tf.cast(sizes, tf.float32)], axis=1, name="y")
    path = write(graph, tmp_path / "net.pb")
    network = read_frozen_network(path, Reading(inputs=("sizes:0", "x", "weight"), outputs=("y",)))
    assert network.feature_names == ("sizes_0", "sizes_1", "weight")
    found = network.run(tf.constant(PICTURES), tf.constant([[1.0, 2.0, 0.5]] * 3))["y"]
    np.testing.assert_allclose(found, np.hstack([expected(), [[0.5, 1, 2]] * 3]), rtol=1e-5)


def test_operations_of_added_libraries_are_named(tmp_path: Path) -> None:
    path = frozen(tmp_path / "net.pb", (None, 8, 12, 3))
    path.write_bytes(path.read_bytes().replace(b"\x04Relu", b"\x04Mine"))
    with pytest.raises(ModelError, match=r"needs operations that TensorFlow itself does not have: Mine"):
        read_frozen_network(path, Reading(inputs=("x",), outputs=("net/score",)))
