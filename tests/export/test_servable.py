import os
import subprocess
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.errors import ModelError, StoreError
from aoi_modules.export.heads import default_head
from aoi_modules.export.model_sources import ModelSource, read
from aoi_modules.export.precision import Precision
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.modelstore import layout, manifest, version_dir
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.engine import EngineName
from aoi_modules.serving.engines.choice import engine_loader
from aoi_modules.tf import tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import read_records
from aoi_modules.wire.tensors import to_array
from tests.export.networks import DEFECT, network, recurrent

pytestmark = pytest.mark.slow


def test_the_version_directory_has_the_teams_form(tile: Path) -> None:
    files = {str(path.relative_to(tile)) for path in tile.rglob("*") if path.is_file()}
    extra = {"manifest.json", "golden.npz", "pixels.pb", "SHA256SUMS", "tf_serving_warmup_requests"}
    assert {f"assets.extra/{name}" for name in extra} | {"saved_model.pb", "variables/variables.index"} <= files
    assert tile.name == "1"
    version_dir.verify(tile)


def test_the_golden_samples_are_what_keras_says(tile_source: ModelSource, tile: Path) -> None:
    truth = Golden.read(tile)
    expected = tile_source.scores(truth.pictures)
    np.testing.assert_allclose(truth.scores["defect"], expected["defect"], atol=1e-6)
    assert len(np.unique(truth.scores["defect"])) > 1  # samples that all score alike would prove little


def test_the_warmup_requests_are_predictions_of_pictures(tile: Path) -> None:
    logs = [PredictionLog.FromString(record) for record in read_records(tile / layout.WARMUP_FILE)]
    batches = [to_array(log.predict_log.request.inputs["image"]) for log in logs]
    assert [len(batch) for batch in batches] == [1, 4]
    tf.saved_model.load(str(tile)).signatures["serving_default"](image=tf.constant(list(batches[1])))


def test_it_loads_as_a_tf1_session_does(tile: Path) -> None:
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        signatures = tf.compat.v1.saved_model.loader.load(session, ["serve"], str(tile)).signature_def
        assert session.run(signatures["manifest"].outputs["json"].name) == manifest.read(tile).to_json()


def test_versions_count_up_and_are_never_overwritten(tile_source: ModelSource, tmp_path: Path) -> None:
    assert write_servable(tile_source, "tile", tmp_path, version=4).path.name == "4"
    assert write_servable(tile_source, "tile", tmp_path).path.name == "5"
    with pytest.raises(StoreError, match="versions never change"):
        write_servable(tile_source, "tile", tmp_path, version=4)


def test_a_graph_that_scores_differently_is_not_published(tile_source: ModelSource, tmp_path: Path) -> None:
    calls = iter(range(10))

    def drifting(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        """Scores a little more with every call, as a network with live dropout would."""
        return {"defect": tile_source.network.run(pictures, features)["defect"] + 5e-4 * next(calls)}

    with pytest.raises(ModelError, match=r"head defect by serving_default differs by .* nothing was published"):
        write_servable(replace(tile_source, network=replace(tile_source.network, run=drifting)), "tile", tmp_path)
    assert list((tmp_path / "tile").iterdir()) == []


def test_a_head_that_gives_no_numbers_is_not_published(tmp_path: Path) -> None:
    net = network({"defect": 1})
    weights = net.get_layer("defect").get_weights()
    net.get_layer("defect").set_weights([np.full_like(weight, np.nan) for weight in weights])
    with pytest.raises(ModelError, match=r"head defect: bad\.keras has 8 weights of 8 that are not a number"):
        write_servable(ModelSource(network_of(net), (DEFECT,), name="bad.keras"), "tile", tmp_path)
    assert list((tmp_path / "tile").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tile_source: ModelSource, tmp_path: Path) -> None:
    (tmp_path / "tile").write_text("a file in the way")
    with pytest.raises(StoreError, match=str(tmp_path / "tile")):
        write_servable(tile_source, "tile", tmp_path)


def test_the_command_publishes_and_says_where(model_file: Path, tmp_path: Path) -> None:
    command = ["aoi", "export", str(model_file), "--name", "screw", "--base-path", str(tmp_path), "--threshold", "0.3"]
    environment = os.environ | {"PATH": f"{Path(os.sys.executable).parent}:{os.environ['PATH']}"}  # type: ignore[attr-defined]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    printed = msgspec.json.decode(done.stdout, type=manifest.Manifest)
    assert printed == manifest.read(tmp_path / "screw" / "1")
    assert printed.heads[0].threshold == 0.3


@pytest.mark.parametrize(("freeze", "precision"), [(True, "float32"), (True, "float16"), (False, "float32")])
def test_recurrent_layers_score_as_keras_on_both_engines(tmp_path: Path, freeze: bool, precision: Precision) -> None:
    model = recurrent()
    source = ModelSource(network_of(model), (default_head("score", 2),))
    written = write_servable(source, "lines", tmp_path, freeze=freeze, precision=precision)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 8, 12, 1), np.uint8)
    expected = np.asarray(model(pixels.astype(np.float32)))
    for name in (EngineName.TENSORFLOW, EngineName.OPENVINO):
        engine = engine_loader(name)(written.path)
        found = engine.run(engine.signatures["pixels"], {"image": pixels}, ["score"])["score"]
        np.testing.assert_allclose(found, expected, atol=1e-5 if precision == "float32" else 1e-2)
        engine.close()


def test_models_with_loops_are_merged(tmp_path: Path) -> None:
    models = [ModelSource(network_of(recurrent(seed)), (default_head("score", 2),)) for seed in (1, 2)]
    named = [
        replace(model, network=model.network.renamed({head: "score"}), heads=(default_head(head, 2),))
        for head, model in zip(("first", "second"), models, strict=True)
    ]
    assert write_servable(named, "lines", tmp_path).difference < 1e-6


class Grouped(tf.Module):  # type: ignore[misc]
    """Convolutions in two groups and in one for each channel, as a SavedModel of somebody else may have them."""

    def __init__(self) -> None:
        super().__init__()
        drawn = np.random.default_rng(3).normal(size=(2, 3, 3, 3, 6)).astype(np.float32) / 255
        self.each, self.pairs = (tf.Variable(drawn[0, :, :, :1]), tf.Variable(drawn[1]))
        self.bias = tf.Variable(drawn[0, 0, 0, 0])

    @tf.function(input_signature=[tf.TensorSpec((None, 24, 32, 3), tf.float32, name="image")])
    def __call__(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, self.each, 2, "SAME"), self.bias))
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, self.pairs, 1, "VALID"), self.bias))
        return {"kind": tf.nn.softmax(tf.reduce_mean(x, (1, 2)))}


@pytest.mark.parametrize("freeze", [True, False])
def test_convolutions_in_groups_score_as_in_their_source(tmp_path: Path, freeze: bool) -> None:
    """Also on processors where TensorFlow takes its own kernels, which know no groups beside a bias."""
    module = Grouped()
    tf.saved_model.save(module, str(tmp_path / "saved"), signatures=module.__call__)
    written = write_servable(read(tmp_path / "saved"), "part", tmp_path / "models", freeze=freeze)
    assert written.difference < 1e-4
