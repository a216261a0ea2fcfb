"""The graphs of a servable answer as its sources, by every signature."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.export import graph
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.export.signatures import decoded, resized
from aoi_modules.modelstore import golden, layout, manifest
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import keras, tf
from tests.export.networks import DEFECT, network, priced
from tests.serving.engines.encoded import encode

PRICE = Head(name="price", kind="value", labels=())
NUMBERS = np.array([[0.5, 1.5], [2.0, -1.0]], np.float32)


@pytest.fixture(scope="module")
def house() -> ModelSource:
    pictures = golden.drawn_pictures(PictureInput(height=24, width=32, channels=3), 2)
    return ModelSource(
        network_of(priced()), (PRICE,), pictures=pictures, features=("area", "age"), feature_rows=NUMBERS
    )


@pytest.fixture(scope="module")
def priced_version(house: ModelSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_servable(house, "house", tmp_path_factory.mktemp("models")).path


def test_the_signatures_are_as_designed(tile: Path) -> None:
    signatures = tf.saved_model.load(str(tile)).signatures
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


def test_the_manifest_in_the_graph_is_the_one_in_the_folder(tile: Path) -> None:
    answer = tf.saved_model.load(str(tile)).signatures["manifest"]()["json"].numpy()
    assert manifest.Manifest.from_json(answer, "graph") == manifest.read(tile)
    assert manifest.read(tile).head("defect") == DEFECT


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("size", [(24, 32), (50, 41)])
def test_pictures_of_any_size_and_form_score_as_in_keras(
    tile_source: ModelSource, tile: Path, form: str, size: tuple[int, int]
) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    picture = encode(Image.fromarray(pixels), form)
    expected = tile_source.scores([picture])["defect"]
    signatures = tf.saved_model.load(str(tile)).signatures
    found = signatures["serving_default"](image=tf.constant([picture]))["defect"].numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)
    decoded = np.asarray(Image.open(io.BytesIO(picture)))[np.newaxis]
    if form != "JPEG":  # decoders of JPEG differ by a gray level
        np.testing.assert_allclose(signatures["pixels"](image=tf.constant(decoded))["defect"], expected, atol=1e-5)


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


def test_the_frozen_graph_has_no_variables_and_the_same_scores(tile: Path) -> None:
    frozen = tf.compat.v1.GraphDef.FromString((tile / layout.PIXELS_FILE).read_bytes())
    operations = {node.op for node in frozen.node}
    assert not operations & {"ReadVariableOp", "VarHandleOp", "PartitionedCall", "StatefulPartitionedCall"}
    assert "FusedBatchNormV3" not in operations  # folded into the convolution
    truth = Golden.read(tile)
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(picture))) for picture in truth.pictures])
    np.testing.assert_allclose(
        graph.run_frozen(frozen, [{"image": pixels}], ["defect"])[0]["defect"], truth.scores["defect"], atol=1e-5
    )


def test_the_signatures_take_picture_and_features(priced_version: Path) -> None:
    signatures = tf.saved_model.load(str(priced_version)).signatures
    for name, dtype in (("serving_default", tf.string), ("pixels", tf.uint8)):
        takes = signatures[name].structured_input_signature[1]
        assert {key: spec.dtype for key, spec in takes.items()} == {"image": dtype, "features": tf.float32}
        assert takes["features"].shape.as_list() == [None, 2]
    assert manifest.read(priced_version).features == ("area", "age")


def test_the_servable_answers_as_its_source(house: ModelSource, priced_version: Path) -> None:
    truth = Golden.read(priced_version)
    assert truth.features is not None
    assert np.array_equal(truth.features, NUMBERS)
    answer = tf.saved_model.load(str(priced_version)).signatures["serving_default"](
        image=tf.constant(list(truth.pictures)), features=tf.constant(NUMBERS[::-1])
    )
    expected = house.scores(truth.pictures, NUMBERS[::-1])
    assert np.allclose(answer["price"], expected["price"], rtol=1e-5)
    assert not np.allclose(answer["price"], truth.scores["price"], rtol=1e-3)


def test_a_column_can_be_picked_out_of_the_features(tmp_path: Path) -> None:
    """The optimizer makes constants of the picked columns' numbers, and lets them wait for the features."""
    image, numbers = keras.Input((24, 32, 3), name="image"), keras.Input((2,), name="features")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    age = keras.ops.take(numbers, [1, 1], axis=1)
    answer = keras.layers.Dense(1, name="price")(keras.layers.Concatenate()([mean, age]))
    model = keras.Model({"image": image, "features": numbers}, {"price": answer})
    picking = ModelSource(network_of(model), (PRICE,), features=("area", "age"))
    assert write_servable(picking, "house", tmp_path).difference < 1e-5


def test_each_size_comes_in_its_own_colours() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 9, 7, 3), np.uint8)
    sizes = [PictureInput(height=4, width=5, channels=1), PictureInput(height=9, width=7, channels=3)]
    gray, colour = resized(tf.constant(pixels), sizes)
    assert (gray.shape.as_list(), colour.shape.as_list()) == ([2, 4, 5, 1], [2, 9, 7, 3])
    assert np.array_equal(colour, pixels.astype(np.float32))
    encoded = tf.constant([encode(Image.fromarray(picture)) for picture in pixels])
    for found, expected in zip(decoded(encoded, sizes), (gray, colour), strict=True):
        assert found.dtype == tf.float32
        np.testing.assert_allclose(found, expected, atol=1e-4)
