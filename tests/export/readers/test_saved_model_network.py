import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format

from aoi_modules.errors import ModelError
from aoi_modules.export import model_sources
from aoi_modules.export.network import Network
from aoi_modules.export.readers.keras_network import read_keras_network
from aoi_modules.export.readers.saved_model_network import TAG, read_saved_model
from aoi_modules.export.reading import Reading
from aoi_modules.export.servable import write_servable
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Head, Manifest, PictureInput
from aoi_modules.tf import keras, tf
from tests.export.networks import network, priced
from tests.export.readers.graphs import KERNEL, PICTURES, convolution, expected, v1

from tensorflow.core.protobuf import saved_model_pb2

SMALL = PictureInput(height=8, width=12, channels=3)


def scores(read: Network, pictures: Any = PICTURES, features: Any = None) -> dict[str, Any]:
    answers = tf.function(read.run)(tf.constant(pictures), features)
    return {name: values.numpy() for name, values in answers.items()}


class Module(tf.Module):  # type: ignore[misc]
    """Any module: its kernel is a variable."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = tf.Variable(KERNEL)

    def save(self, folder: Path, *specs: tf.TensorSpec, **outputs: Any) -> Path:
        """Outputs are functions of the pictures and the kernel."""
        function = tf.function(
            lambda *inputs: {name: output(*inputs, self.kernel) for name, output in outputs.items()}
        ).get_concrete_function(*specs)
        tf.saved_model.save(self, str(folder), signatures={"serving_default": function, "second": function})
        return folder


def spec(*shape: int | None, dtype: Any = tf.float32, name: str = "x") -> tf.TensorSpec:
    return tf.TensorSpec(shape, dtype, name=name)


def test_an_export_of_keras_is_read(tmp_path: Path) -> None:
    model = network({"open": 1, "kind": 3})
    model.export(tmp_path / "model", verbose=False)
    read = read_saved_model(tmp_path / "model")
    assert (read.picture, read.outputs) == (PictureInput(height=24, width=32, channels=3), {"kind": 3, "open": 1})
    pictures = np.random.default_rng(0).uniform(0, 255, (3, 24, 32, 3)).astype(np.float32)
    for head, values in scores(read, pictures).items():
        np.testing.assert_allclose(values, model(pictures, training=False)[head], atol=1e-6)


def test_an_export_of_keras_with_features_is_read(tmp_path: Path) -> None:
    model = priced()
    model.export(tmp_path / "model", verbose=False)
    read = read_saved_model(tmp_path / "model")
    assert (read.features, read.outputs) == (2, {"price": 1})
    pictures, numbers = np.ones((2, 24, 32, 3), np.float32), np.ones((2, 2), np.float32)
    truth = model({"image": pictures, "features": numbers})["price"]
    np.testing.assert_allclose(scores(read, pictures, numbers)["price"], truth, rtol=1e-6)


def test_a_signature_of_any_module_is_read_and_keeps_its_variables_alive(tmp_path: Path) -> None:
    folder = Module().save(
        tmp_path / "m", spec(None, 8, 12, 3), y=convolution, labels=lambda x, k: tf.argmax(convolution(x, k), axis=1)
    )
    for signature in (None, "second"):
        read = read_saved_model(folder, Reading(signature=signature))
        assert (read.picture, read.outputs) == (SMALL, {"y": 2})
        np.testing.assert_allclose(scores(read)["y"], expected(), rtol=1e-5)
    with pytest.raises(ModelError, match="no signature 'third'; it has: second, serving_default"):
        read_saved_model(folder, Reading(signature="third"))
    assert read_saved_model(folder, Reading(outputs=("y",))).outputs == {"y": 2}


@pytest.mark.parametrize("dtype", [tf.uint8, tf.float16])
def test_other_pixels_are_cast(tmp_path: Path, dtype: Any) -> None:
    folder = Module().save(
        tmp_path / "m", spec(None, 8, 12, 3, dtype=dtype), y=lambda x, k: convolution(tf.cast(x, tf.float32), k)
    )
    whole = tf.cast(tf.round(PICTURES) if dtype == tf.uint8 else PICTURES, dtype)
    truth = convolution(tf.cast(whole, tf.float32))
    np.testing.assert_allclose(scores(read_saved_model(folder))["y"], truth, rtol=1e-5)


def test_channels_in_front_and_an_open_size(tmp_path: Path) -> None:
    folder = Module().save(
        tmp_path / "m", spec(None, 3, None, None), y=lambda x, k: convolution(tf.transpose(x, (0, 2, 3, 1)), k)
    )
    with pytest.raises(ModelError, match=r"say which: `size=\.\.\.`"):
        read_saved_model(folder)
    np.testing.assert_allclose(scores(read_saved_model(folder, Reading(size=(8, 12))))["y"], expected(), rtol=1e-5)


def test_a_batch_of_one_that_is_only_declared_opens_up(tmp_path: Path) -> None:
    folder = Module().save(tmp_path / "m", spec(1, 8, 12, 3), y=convolution)
    np.testing.assert_allclose(scores(read_saved_model(folder))["y"], expected(), rtol=1e-5)


def test_a_batch_of_one_that_is_built_in_is_refused(tmp_path: Path) -> None:
    folder = Module().save(tmp_path / "m", spec(1, 8, 12, 3), y=lambda x, k: tf.reshape(convolution(x, k), (1, 2)))
    with pytest.raises(ModelError, match="is built for batches of 1") as caught:
        read_saved_model(folder)
    assert "batches of any size" in caught.value.hint


@pytest.mark.parametrize(
    ("specs", "output", "words"),
    [
        ([spec(None, dtype=tf.string)], lambda x, k: tf.ones((tf.size(x), 1)), r"takes strings \(encoded pictures"),
        ([spec(None, 8, 12, 3)], lambda x, k: x, r"expected the output y of shape \(N, K\)"),
        ([spec(None, 8, 12, 3)], lambda x, k: tf.argmax(convolution(x, k), 1), "an output of floating numbers"),
    ],
)
def test_signatures_that_do_not_score_pictures_are_refused(
    tmp_path: Path, specs: list[tf.TensorSpec], output: Any, words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        read_saved_model(Module().save(tmp_path / "m", *specs, y=output))


def save_v1(
    folder: Path,
    *,
    resource: bool = False,
    table: bool = False,
    signature: str = "serving_default",
    shape: Any = None,
    tags: Sequence[str] = (TAG,),
) -> Path:
    """A SavedModel as the builder of TensorFlow 1 writes it; labels come out of a table."""
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, shape or (None, 8, 12, 3), name="x")
        step = v1.get_variable("step", (), use_resource=resource)
        kernel = v1.get_variable("kernel", initializer=KERNEL, use_resource=resource)
        y = tf.nn.bias_add(convolution(x, kernel), tf.zeros(2))
        words = tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1], tf.int64), tf.constant(["a", "b"]))
        labels = tf.lookup.StaticHashTable(words, "?").lookup(tf.argmax(y, axis=1))
        numbers = tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1], tf.int64), tf.constant([0.5, 0.7]))
        costs = tf.lookup.StaticHashTable(numbers, 0.0).lookup(tf.argmax(y, axis=1))
        outputs = {"y": y, "labels": labels} | ({"costs": costs} if table else {})
        definition = v1.saved_model.predict_signature_def({"pictures": x}, outputs)
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        builder = v1.saved_model.Builder(str(folder))
        builder.add_meta_graph_and_variables(
            session, list(tags), {signature: definition}, main_op=tf.group(v1.tables_initializer(), step.initializer)
        )
        builder.save()
    return folder


@pytest.mark.parametrize("resource", [False, True])
def test_a_savedmodel_of_tensorflow_1_is_frozen_without_its_tables(tmp_path: Path, resource: bool) -> None:
    read = read_saved_model(save_v1(tmp_path / "m", resource=resource))
    assert (read.picture, read.outputs) == (SMALL, {"y": 2})
    np.testing.assert_allclose(scores(read)["y"], expected(), rtol=1e-5)


def test_the_only_signature_needs_no_name(tmp_path: Path) -> None:
    assert read_saved_model(save_v1(tmp_path / "m", signature="predict")).outputs == {"y": 2}


def test_an_open_size_in_tensorflow_1_needs_one(tmp_path: Path) -> None:
    folder = save_v1(tmp_path / "m", shape=(None, None, None, 3))
    with pytest.raises(ModelError, match=r"say which: `size=\.\.\.`"):
        read_saved_model(folder)
    assert read_saved_model(folder, Reading(size=(8, 12))).picture == SMALL


def test_scores_out_of_a_table_cannot_be_frozen(tmp_path: Path) -> None:
    folder = save_v1(tmp_path / "m", table=True)
    with pytest.raises(ModelError, match="lookup tables"):
        read_saved_model(folder)
    assert read_saved_model(folder, Reading(outputs=("y",))).outputs == {"y": 2}


def test_objects_that_cannot_be_made_any_more_are_left_out_by_a_session(tmp_path: Path) -> None:
    """As compiled models of TensorFlow 2.0 to 2.5: their optimizers have slots, and are of a class that is gone."""

    class Trained(Module):
        def __init__(self) -> None:
            super().__init__()
            self.optimizer = tf.Module()
            self.optimizer.slot = tf.Variable(tf.zeros_like(self.kernel))

    folder = Trained().save(tmp_path / "m", spec(None, 8, 12, 3), y=convolution, spare=lambda x, k: tf.argmax(x, 1))
    file = folder / "saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    nodes = model.meta_graphs[0].object_graph_def.nodes
    children = [{child.local_name: child.node_id for child in node.children} for node in nodes]
    optimizer = nodes[children[0]["optimizer"]]
    optimizer.user_object.identifier = "optimizer"
    slot = children[children[0]["optimizer"]]["slot"]
    optimizer.slot_variables.add(
        original_variable_node_id=children[0]["kernel"], slot_name="m", slot_variable_node_id=slot
    )
    file.write_bytes(model.SerializeToString())
    with pytest.raises(AttributeError, match="add_slot"):
        tf.saved_model.load(str(folder))
    read = read_saved_model(folder, Reading(outputs=("y",)))
    np.testing.assert_allclose(scores(read)["y"], expected(), rtol=1e-5)


def test_tags_beside_the_one_for_serving_and_files_of_text_are_read(tmp_path: Path) -> None:
    save_v1(tmp_path / "m", tags=["serve", "gpu"])
    np.testing.assert_allclose(scores(read_saved_model(tmp_path / "m"))["y"], expected(), rtol=1e-5)
    file = tmp_path / "m" / "saved_model.pb"
    text = text_format.MessageToString(saved_model_pb2.SavedModel.FromString(file.read_bytes()))
    file.with_suffix(".pbtxt").write_text(text)
    file.unlink()
    np.testing.assert_allclose(scores(read_saved_model(tmp_path / "m"))["y"], expected(), rtol=1e-5)
    with pytest.raises(ModelError, match=r"expected a graph with the tag 'serve'\. Received: train"):
        read_saved_model(save_v1(tmp_path / "t", tags=["train"]))


def test_a_signature_of_strings_leads_to_the_one_of_pixels(tmp_path: Path) -> None:
    module = Module()
    pixels = tf.function(lambda x: {"y": convolution(x, module.kernel)}, input_signature=[spec(None, 8, 12, 3)])
    encoded = tf.function(lambda s: {"y": tf.ones((tf.size(s), 2))}, input_signature=[spec(None, dtype=tf.string)])
    tf.saved_model.save(module, str(tmp_path / "m"), signatures={"serving_default": encoded, "predict": pixels})
    with pytest.raises(ModelError, match=r"its signature serving_default takes strings \(encoded pictures") as caught:
        read_saved_model(tmp_path / "m")
    assert caught.value.hint == "it has one of pixels: `signature='predict'`"
    assert read_saved_model(tmp_path / "m", Reading(signature="predict")).outputs == {"y": 2}


@pytest.mark.parametrize(
    ("output", "kind"), [(tf.RaggedTensor.from_tensor, "ragged"), (tf.sparse.from_dense, "sparse")]
)
def test_outputs_of_several_tensors_are_left_out_or_named(tmp_path: Path, output: Any, kind: str) -> None:
    both = Module().save(tmp_path / "b", spec(None, 8, 12, 3), y=convolution, z=lambda x, k: output(convolution(x, k)))
    assert set(read_saved_model(both, Reading(outputs=("y",))).outputs) == {"y"}
    alone = Module().save(tmp_path / "a", spec(None, 8, 12, 3), z=lambda x, k: output(convolution(x, k)))
    with pytest.raises(ModelError, match=rf"expected scores, .* the output z, a {kind} tensor"):
        read_saved_model(alone)


def test_numbers_and_gray_pictures_go_by_their_names(tmp_path: Path) -> None:
    folder = Module().save(
        tmp_path / "m",
        spec(None, 8, 12, name="x"),
        spec(None, 1, dtype=tf.int64, name="age"),
        spec(None, 1, name="a_weight"),
        y=lambda x, age, weight, k: tf.concat([x[:, 0, :2], tf.cast(age, tf.float32), weight], axis=1),
    )
    read = read_saved_model(folder)
    assert (read.picture.channels, read.feature_names) == (1, ("a_weight", "age"))
    found = scores(read, PICTURES[..., :1], tf.constant([[0.25, 7.4]] * 3))["y"]
    np.testing.assert_allclose(found, np.hstack([PICTURES[:, 0, :2, 0], [[7, 0.25]] * 3]), rtol=1e-5)


def test_damaged_and_foreign_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="not readable as a SavedModel"):
        read_saved_model(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ModelError, match=r"expected a graph with the tag 'serve'\. Received: no graphs"):
        read_saved_model(tmp_path)
    with pytest.raises(ModelError, match="No such file"):
        read_saved_model(tmp_path / "none")


def test_missing_variables_are_named(tmp_path: Path) -> None:
    folder = Module().save(tmp_path / "m", spec(None, 8, 12, 3), y=convolution)
    next((folder / "variables").glob("*.index")).unlink()
    with pytest.raises(ModelError, match="cannot become constants"):
        read_saved_model(folder)
    folder = save_v1(tmp_path / "old")
    next((folder / "variables").glob("*.index")).unlink()
    with pytest.raises(ModelError, match="cannot become constants"):
        read_saved_model(folder)


def servable(folder: Path, sizes: dict[str, tuple[int, int]], *, features: int = 0) -> Path:
    """A servable in the form of the project's: signatures beside a frozen graph and a manifest."""
    Module().save(folder, spec(None, dtype=tf.string), y=lambda x, k: tf.ones((tf.size(x), 1)))
    with tf.Graph().as_default() as graph:
        image = v1.placeholder(tf.uint8, (None, None, None, 3), name="image")
        numbers = [v1.placeholder(tf.float32, (None, features), name="features")] if features else []
        for head, size in sizes.items():
            resized = tf.image.resize(tf.cast(image, tf.float32), size)
            tf.identity(tf.concat([convolution(resized), *numbers], axis=1), name=head)
    (folder / layout.PIXELS_FILE).parent.mkdir()
    (folder / layout.PIXELS_FILE).write_bytes(graph.as_graph_def().SerializeToString())
    heads = tuple(Head(name=head, kind="class", labels=("a", "b")) for head in sizes)
    manifest = Manifest(component="c", version=1, heads=heads, picture=SMALL)
    (folder / layout.MANIFEST_FILE).write_bytes(manifest.to_json())
    return folder


def test_a_servable_is_read_back_behind_its_resize(tmp_path: Path) -> None:
    read = read_saved_model(servable(tmp_path / "s", {"open": (8, 12), "short": (8, 12)}))
    assert (read.picture, read.outputs) == (SMALL, {"open": 2, "short": 2})
    for values in scores(read).values():
        np.testing.assert_allclose(values, expected(), rtol=1e-5)


def test_a_servable_with_features_is_read_back(tmp_path: Path) -> None:
    read = read_saved_model(servable(tmp_path / "s", {"open": (8, 12)}, features=3))
    assert (read.features, read.outputs) == (3, {"open": 5})
    found = scores(read, PICTURES, np.ones((3, 3), np.float32))["open"]
    np.testing.assert_allclose(found[:, :2], expected(), rtol=1e-5)


def test_a_servable_of_several_sizes_is_read_head_by_head(tmp_path: Path) -> None:
    folder = servable(tmp_path / "s", {"open": (8, 12), "short": (16, 16)})
    with pytest.raises(ModelError, match=r"one size\. Received: 16x16x3, 8x12x3") as caught:
        read_saved_model(folder)
    assert caught.value.hint.endswith("`outputs=('open',)`")
    np.testing.assert_allclose(
        scores(read_saved_model(folder, Reading(outputs=("open",))))["open"], expected(), rtol=1e-5
    )
    with pytest.raises(ModelError, match=r"Received: `size=\(9, 9\)`"):
        read_saved_model(folder, Reading(outputs=("open",), size=(9, 9)))
    with pytest.raises(ModelError, match=r"expected `outputs` of open, short"):
        read_saved_model(folder, Reading(outputs=("y",)))


def test_a_servable_that_was_exported_comes_back_as_its_source(tmp_path: Path, model_file: Path) -> None:
    source = read_keras_network(model_file)
    written = write_servable(model_sources.read(model_file), "component", tmp_path)
    back = read_saved_model(written.path)
    assert (back.picture, back.outputs) == (source.picture, source.outputs)
    pictures = np.random.default_rng(0).uniform(0, 255, (3, 24, 32, 3)).astype(np.float32)
    np.testing.assert_allclose(scores(back, pictures)["defect"], scores(source, pictures)["defect"], atol=1e-6)


def test_the_signature_of_a_servable_takes_encoded_pictures(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"takes strings \(encoded pictures"):
        read_saved_model(servable(tmp_path / "s", {"open": (8, 12)}), Reading(signature="serving_default"))


def test_a_subclassed_model_with_a_custom_class_is_read(tmp_path: Path) -> None:
    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, pictures: Any) -> Any:
            return self.dense(tf.reduce_mean(pictures, axis=(1, 2)))

    model = Own()
    truth = model(PICTURES)
    model.export(tmp_path / "m", verbose=False, input_signature=[keras.InputSpec("float32", (None, 8, 12, 3))])
    [found] = scores(read_saved_model(tmp_path / "m")).values()
    np.testing.assert_allclose(found, truth, rtol=1e-5)


@pytest.mark.parametrize("way", ["save", "export"])
def test_saved_models_of_keras_2_give_its_scores(way: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(Path(__file__).parent / "keras_files" / "keras_truth" / "2.15-saved.zip") as archive:
        archive.extractall(tmp_path)
    samples = sorted(tmp_path.glob("*.npz"))
    assert len(samples) == 3
    for one in samples:
        features = ("a", "b", "c", "d") if one.stem == "two_inputs" else ()
        source = model_sources.read(tmp_path / f"{one.stem}-{way}", reading=Reading(expect=one, features=features))
        assert source.expected is not None
