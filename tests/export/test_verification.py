"""Servables that were damaged on purpose, by the ways in which they really are."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import Argument, ModelError, StoreError
from aoi_modules.export.graph import GraphDef
from aoi_modules.export.heads import default_head
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.export.verification import check_refusal, load, scores, verify
from aoi_modules.modelstore import golden, layout, manifest
from aoi_modules.modelstore.golden import Golden
from aoi_modules.tf import keras, tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import write_records
from tests.export.networks import on_trunk


@pytest.fixture
def version(pcb: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(pcb, tmp_path / "1")


def test_a_whole_servable_is_right(version: Path) -> None:
    assert verify(version) < 1e-5


def test_what_it_says_to_pictures(version: Path) -> None:
    truth = Golden.read(version)
    model = load(version)
    found = scores(model, truth.pictures, truth.features)
    assert golden.largest_difference(truth.scores, found)[1] < 1e-5
    with pytest.raises(ModelError, match="the SavedModel: "):
        scores(model, [b"no picture"])


def test_a_missing_graph_is_named(version: Path) -> None:
    (version / "saved_model.pb").unlink()
    with pytest.raises(StoreError, match=r"saved_model\.pb: cannot be read"):
        verify(version)


@pytest.mark.parametrize("file", ["saved_model.pb", layout.PIXELS_FILE])
def test_a_graph_that_was_cut_off_is_named(version: Path, file: str) -> None:
    (version / file).write_bytes((version / file).read_bytes()[:-2000])
    with pytest.raises(ModelError, match=file):
        verify(version)


def test_missing_golden_samples_are_named(version: Path) -> None:
    (version / layout.GOLDEN_FILE).write_bytes(b"nonsense")
    with pytest.raises(StoreError, match="golden samples"):
        verify(version)


def test_scores_of_another_model_are_found(version: Path) -> None:
    truth = Golden.read(version)
    Golden(truth.pictures, {"short": truth.scores["short"] + np.float32(2e-4)}).write(version)
    with pytest.raises(ModelError, match=r"head short by serving_default differs by 0\.0002"):
        verify(version)


def test_a_frozen_graph_of_other_weights_is_found(version: Path) -> None:
    graph = GraphDef.FromString((version / layout.PIXELS_FILE).read_bytes())
    bias = next(node for node in graph.node if node.op == "Const" and node.attr["value"].tensor.tensor_shape.dim[0:1])
    value = tf.make_ndarray(bias.attr["value"].tensor)
    bias.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value + 1 if value.dtype.kind == "f" else value))
    (version / layout.PIXELS_FILE).write_bytes(graph.SerializeToString())
    with pytest.raises(ModelError, match=rf"head short by {layout.PIXELS_FILE}"):
        verify(version)


def test_a_warm_up_that_would_fail_is_found(version: Path) -> None:
    log = PredictionLog()
    log.predict_log.request.model_spec.signature_name = "serving_default"
    write_records(version / layout.WARMUP_FILE, [log.SerializeToString()])
    with pytest.raises(ModelError, match=r"warmup_requests: request 0 fails"):
        verify(version)


def test_a_plain_keras_export_is_no_servable_of_ours(version: Path) -> None:
    for name in ("saved_model.pb", "variables", "fingerprint.pb"):
        path = version / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(1)])
    model.export(str(version), verbose=False)
    with pytest.raises(ModelError, match=r"signature serving_default: expected .*image.* Received: keras_tensor"):
        verify(version)


def test_python_inside_a_graph_is_refused(version: Path) -> None:
    module = tf.Module()
    module.call = tf.function(
        lambda image: {"short": tf.ensure_shape(tf.numpy_function(len, [image], tf.int64), ())},
        input_signature=[tf.TensorSpec((None,), tf.string)],
    )
    tf.saved_model.save(module, str(version), signatures=module.call.get_concrete_function())
    with pytest.raises(ModelError, match=r"a stock TensorFlow Serving does not: (Eager)?PyFunc"):
        verify(version)


def test_a_tolerance_that_was_asked_for_travels_along(tmp_path: Path) -> None:
    model = ModelSource(network_of(on_trunk("short", 0)), (default_head("short", 1),))
    calls = iter(range(10))

    def rough(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        return {"short": model.network.run(pictures, features)["short"] + 1e-4 * next(calls)}

    rough_model = replace(model, network=replace(model.network, run=rough))
    with pytest.raises(ModelError, match=r"differs by 0\.0001, expected at most 5e-05") as caught:
        write_servable(rough_model, "pcb", tmp_path)
    assert "allow it: `tolerance`" in caught.value.hint
    assert caught.value.arguments == (Argument("tolerance"),)
    written = write_servable(rough_model, "pcb", tmp_path, tolerance=1e-3)
    assert manifest.read(written.path).tolerance == 1e-3
    assert verify(written.path) == pytest.approx(1e-4, rel=0.1)


def test_a_servable_of_an_older_rule_is_named(version: Path) -> None:
    truth = Golden.read(version)
    check_refusal(version, load(version), truth)
    older = tf.Module()
    older.decode = tf.function(
        lambda image: {"short": tf.map_fn(_mean, image, fn_output_signature=tf.float32)},
        input_signature=[tf.TensorSpec((None,), tf.string, name="image")],
    )
    older.signatures = {layout.DEFAULT_SIGNATURE: older.decode.get_concrete_function()}
    with pytest.raises(ModelError, match="decodes pictures by an older rule") as caught:
        check_refusal(version, older, truth)
    assert caught.value.hint == "export the model again"


def _mean(picture: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.cast(tf.io.decode_image(picture, channels=3, expand_animations=False), tf.float32))
