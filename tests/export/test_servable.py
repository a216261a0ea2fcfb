import io
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from aoi_modules.errors import ModelError, StoreError
from aoi_modules.export import graph
from aoi_modules.export.model_sources import ModelSource, Wish, read
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.export.verification import FROZEN, WARMUP
from aoi_modules.modelstore import golden, manifest, version_dir
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import read_records
from aoi_modules.wire.tensors import to_array
from tests.export.networks import DEFECT, network


@pytest.fixture(scope="module")
def source(model_file: Path) -> ModelSource:
    return read(model_file, [Wish(threshold=DEFECT.threshold)])


@pytest.fixture(scope="module")
def version(source: ModelSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_servable(source, "tile", tmp_path_factory.mktemp("models")).path


def encode(pixels: np.ndarray, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


def test_the_version_directory_has_the_teams_form(version: Path) -> None:
    files = {str(path.relative_to(version)) for path in version.rglob("*") if path.is_file()}
    extra = {"manifest.json", "golden.npz", "pixels.pb", "SHA256SUMS", "tf_serving_warmup_requests"}
    assert {f"assets.extra/{name}" for name in extra} | {"saved_model.pb", "variables/variables.index"} <= files
    assert version.name == "1"
    version_dir.verify(version)


def test_the_signatures_are_as_designed(version: Path) -> None:
    signatures = tf.saved_model.load(str(version)).signatures
    shown = {
        name: (
            {key: (spec.dtype, spec.shape.as_list()) for key, spec in signature.structured_input_signature[1].items()},
            {key: (spec.dtype, spec.shape.as_list()) for key, spec in signature.structured_outputs.items()},
        )
        for name, signature in signatures.items()
    }
    scores = {"defect": (tf.float32, [None, 1])}
    assert shown["serving_default"] == ({"image": (tf.string, [None])}, scores)
    assert shown["pixels"] == ({"image": (tf.uint8, [None, None, None, 3])}, scores)
    assert shown["manifest"] == ({}, {"json": (tf.string, [])})


def test_the_manifest_in_the_graph_is_the_one_in_the_folder(version: Path) -> None:
    answer = tf.saved_model.load(str(version)).signatures["manifest"]()["json"].numpy()
    assert manifest.Manifest.from_json(answer, "graph") == manifest.read(version)
    assert manifest.read(version).head("defect") == DEFECT


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("size", [(24, 32), (50, 41)])
def test_pictures_of_any_size_and_form_score_as_in_keras(
    source: ModelSource, version: Path, form: str, size: tuple[int, int]
) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    picture = encode(pixels, form)
    expected = source.scores([picture])["defect"]
    signatures = tf.saved_model.load(str(version)).signatures
    found = signatures["serving_default"](image=tf.constant([picture]))["defect"].numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)
    decoded = np.asarray(Image.open(io.BytesIO(picture)))[np.newaxis]
    if form != "JPEG":  # decoders of JPEG differ by a grey level
        np.testing.assert_allclose(signatures["pixels"](image=tf.constant(decoded))["defect"], expected, atol=1e-5)


def test_gray_models_take_colour_pictures_and_the_reverse() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (30, 30, 3), np.uint8)
    gray = ModelSource(network_of(network({"defect": 1}, channels=1)), (DEFECT,))
    as_pillow = encode(np.asarray(Image.fromarray(pixels).convert("L")))
    assert np.array_equal(gray.scores([encode(pixels)])["defect"], gray.scores([as_pillow])["defect"])
    colour = ModelSource(network_of(network({"defect": 1})), (DEFECT,))
    assert colour.scores([as_pillow])["defect"].shape == (1, 1)


def test_the_golden_samples_are_what_keras_says(source: ModelSource, version: Path) -> None:
    truth = Golden.read(version / golden.FILE_NAME)
    expected = source.scores(truth.pictures)
    np.testing.assert_allclose(truth.scores["defect"], expected["defect"], atol=1e-6)
    assert len(np.unique(truth.scores["defect"])) > 1  # samples that all score alike would prove little


def test_the_frozen_graph_has_no_variables_and_the_same_scores(version: Path) -> None:
    frozen = tf.compat.v1.GraphDef.FromString((version / FROZEN).read_bytes())
    operations = {node.op for node in frozen.node}
    assert not operations & {"ReadVariableOp", "VarHandleOp", "PartitionedCall", "StatefulPartitionedCall"}
    assert "FusedBatchNormV3" not in operations  # folded into the convolution
    truth = Golden.read(version / golden.FILE_NAME)
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(picture))) for picture in truth.pictures])
    np.testing.assert_allclose(
        graph.run_frozen(frozen, [{"image": pixels}], ["defect"])[0]["defect"], truth.scores["defect"], atol=1e-5
    )


def test_the_warmup_requests_are_predictions_of_pictures(version: Path) -> None:
    logs = [PredictionLog.FromString(record) for record in read_records(version / WARMUP)]
    batches = [to_array(log.predict_log.request.inputs["image"]) for log in logs]
    assert [len(batch) for batch in batches] == [1, 4]
    tf.saved_model.load(str(version)).signatures["serving_default"](image=tf.constant(list(batches[1])))


def test_it_loads_as_a_tf1_session_does(version: Path) -> None:
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        signatures = tf.compat.v1.saved_model.loader.load(session, ["serve"], str(version)).signature_def
        assert session.run(signatures["manifest"].outputs["json"].name) == manifest.read(version).to_json()


def test_several_heads_keep_their_names(tmp_path: Path) -> None:
    path = tmp_path / "two.keras"
    net = network({"open": 1, "kind": 4})
    net.save(path)
    heads = (
        Head(name="kind", kind="class", labels=("a", "b", "c", "d")),
        Head(name="open", kind="defect", labels=("good", "open"), threshold=0.5),
    )
    source = ModelSource(network_of(net), heads)
    written = write_servable(source, "board", tmp_path / "models").path
    outputs = tf.saved_model.load(str(written)).signatures["pixels"].structured_outputs
    assert {name: spec.shape[-1] for name, spec in outputs.items()} == {"kind": 4, "open": 1}


def test_versions_count_up_and_are_never_overwritten(source: ModelSource, tmp_path: Path) -> None:
    assert write_servable(source, "tile", tmp_path, version=4).path.name == "4"
    assert write_servable(source, "tile", tmp_path).path.name == "5"
    with pytest.raises(StoreError, match="versions never change"):
        write_servable(source, "tile", tmp_path, version=4)


def test_a_graph_that_scores_differently_is_not_published(source: ModelSource, tmp_path: Path) -> None:
    calls = iter(range(10))

    def drifting(pictures: tf.Tensor, features: tf.Tensor | None) -> dict[str, tf.Tensor]:
        """Scores a little more with every call, as a network with live dropout would."""
        return {"defect": source.network.run(pictures, features)["defect"] + 1e-3 * next(calls)}

    with pytest.raises(ModelError, match=r"head defect by serving_default differs by .* nothing was published"):
        write_servable(replace(source, network=replace(source.network, run=drifting)), "tile", tmp_path)
    assert list((tmp_path / "tile").iterdir()) == []


def test_a_head_that_gives_no_numbers_is_not_published(tmp_path: Path) -> None:
    net = network({"defect": 1})
    weights = net.get_layer("defect").get_weights()
    net.get_layer("defect").set_weights([np.full_like(weight, np.nan) for weight in weights])
    with pytest.raises(ModelError, match=r"head defect: bad\.keras gives nan for a sample picture"):
        write_servable(ModelSource(network_of(net), (DEFECT,), name="bad.keras"), "tile", tmp_path)
    assert list((tmp_path / "tile").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(source: ModelSource, tmp_path: Path) -> None:
    (tmp_path / "tile").write_text("a file in the way")
    with pytest.raises(StoreError, match=str(tmp_path / "tile")):
        write_servable(source, "tile", tmp_path)


def test_the_command_publishes_and_says_where(model_file: Path, tmp_path: Path) -> None:
    command = ["aoi", "export", str(model_file), "--name", "screw", "--base-path", str(tmp_path), "--threshold", "0.3"]
    environment = os.environ | {"PATH": f"{Path(os.sys.executable).parent}:{os.environ['PATH']}"}  # type: ignore[attr-defined]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    printed = msgspec.json.decode(done.stdout, type=manifest.Manifest)
    assert printed == manifest.read(tmp_path / "screw" / "1")
    assert printed.heads[0].threshold == 0.3
