"""Servables that take numbers beside a picture."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.model_sources import ModelSource, Reading, Wish, read
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.export.verification import WARMUP
from aoi_modules.modelstore import golden, manifest
from aoi_modules.modelstore.golden import Golden
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.tf import keras, tf
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import read_records
from tests.export.networks import priced

SIZE = PictureInput(height=24, width=32, channels=3)
PRICE = Head(name="price", kind="value", labels=())
NUMBERS = np.array([[0.5, 1.5], [2.0, -1.0]], np.float32)


@pytest.fixture(scope="module")
def source() -> ModelSource:
    pictures = golden.drawn_pictures(SIZE, 2)
    return ModelSource(
        network_of(priced()), (PRICE,), pictures=pictures, features=("area", "age"), feature_rows=NUMBERS
    )


@pytest.fixture(scope="module")
def version(source: ModelSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_servable(source, "house", tmp_path_factory.mktemp("models")).path


def test_the_signatures_take_picture_and_features(version: Path) -> None:
    signatures = tf.saved_model.load(str(version)).signatures
    for name, dtype in (("serving_default", tf.string), ("pixels", tf.uint8)):
        takes = signatures[name].structured_input_signature[1]
        assert {key: spec.dtype for key, spec in takes.items()} == {"image": dtype, "features": tf.float32}
        assert takes["features"].shape.as_list() == [None, 2]
    assert manifest.read(version).features == ("area", "age")


def test_the_servable_answers_as_its_source(source: ModelSource, version: Path) -> None:
    truth = Golden.read(version / golden.FILE_NAME)
    assert truth.features is not None
    assert np.array_equal(truth.features, NUMBERS)
    answer = tf.saved_model.load(str(version)).signatures["serving_default"](
        image=tf.constant(list(truth.pictures)), features=tf.constant(NUMBERS[::-1])
    )
    expected = source.scores(truth.pictures, NUMBERS[::-1])
    assert np.allclose(answer["price"], expected["price"], rtol=1e-5)
    assert not np.allclose(answer["price"], truth.scores["price"], rtol=1e-3)


def test_the_warm_up_sends_features_too(version: Path) -> None:
    logs = [PredictionLog.FromString(record) for record in read_records(version / WARMUP)]
    assert all(set(log.predict_log.request.inputs) == {"image", "features"} for log in logs)


def test_a_model_with_features_needs_its_report(source: ModelSource, tmp_path: Path) -> None:
    priced().save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"takes 2 features beside a picture.*no report"):
        read(tmp_path / "model.keras")
    named = read(tmp_path / "model.keras", [Wish(kind="value")], Reading(features=("area", "age")))
    assert named.features == source.features


def test_a_model_with_features_and_no_samples_gets_drawn_ones(tmp_path: Path) -> None:
    source = ModelSource(network_of(priced()), (PRICE,), features=("area", "age"))
    truth = Golden.read(write_servable(source, "house", tmp_path).path / golden.FILE_NAME)
    assert truth.features is not None
    assert truth.features.shape == (len(truth.pictures), 2)


def test_a_difference_is_relative_above_one() -> None:
    prices = {"price": np.array([[500_000.0]])}
    assert golden.largest_difference(prices, {"price": prices["price"] + 1})[1] == pytest.approx(2e-6)
    assert golden.largest_difference({"a": np.array([0.5])}, {"a": np.array([0.6])})[1] == pytest.approx(0.1)


def test_a_column_can_be_picked_out_of_the_features(tmp_path: Path) -> None:
    """The optimizer makes constants of the picked columns' numbers, and lets them wait for the features."""
    image, numbers = keras.Input((24, 32, 3), name="image"), keras.Input((2,), name="features")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    age = keras.ops.take(numbers, [1, 1], axis=1)
    answer = keras.layers.Dense(1, name="price")(keras.layers.Concatenate()([mean, age]))
    model = keras.Model({"image": image, "features": numbers}, {"price": answer})
    picking = ModelSource(network_of(model), (PRICE,), features=("area", "age"))
    assert write_servable(picking, "house", tmp_path).difference < 1e-5
