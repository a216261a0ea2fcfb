import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.network import Network
from aoi_modules.export.readers.keras_network import read_keras_network
from aoi_modules.export.reading import Reading
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.tf import keras, tf
from tests.export.networks import network, priced
from tests.export.readers.keras2_files import tensorflow_layer, write_h5, write_keras

L = keras.layers
PICTURES = np.random.default_rng(0).uniform(0, 255, (3, 24, 32, 3)).astype(np.float32)
EMPTY_ZIP = b"PK\5\6" + bytes(18)
NUMBERS = np.random.default_rng(1).uniform(0, 1, (3, 2)).astype(np.float32)


def scores(read: Network, features: Any = None) -> dict[str, Any]:
    """As the export calls a network: inside a traced function."""
    answers = tf.function(read.run)(tf.constant(PICTURES), features)
    return {name: values.numpy() for name, values in answers.items()}


def save_h5(model: keras.Model, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the suffix is the wish
        model.save(path)
    return path


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.hdf5"])
def test_a_file_of_keras_3_gives_the_scores_of_its_model(tmp_path: Path, name: str) -> None:
    model = network({"open": 1, "kind": 3})
    path = save_h5(model, tmp_path / name)
    read = read_keras_network(path)
    assert read.picture == PictureInput(height=24, width=32, channels=3)
    assert (read.outputs, read.features, read.origin) == ({"open": 1, "kind": 3}, 0, str(path))
    expected = model(PICTURES, training=False)
    for head, values in scores(read).items():
        np.testing.assert_allclose(values, expected[head], atol=1e-6)


def test_the_content_counts_and_not_the_name(tmp_path: Path) -> None:
    for suffix in (".keras", ".h5"):
        path = save_h5(network({"defect": 1}), tmp_path / f"model{suffix}")
        assert read_keras_network(path.rename(tmp_path / f"model{suffix}.backup")).outputs == {"defect": 1}


@pytest.mark.parametrize("named", [True, False])
def test_features_come_by_a_dict_or_by_a_list(tmp_path: Path, named: bool) -> None:
    model = priced()
    if not named:
        model = keras.Model([model.input["features"], model.input["image"]], model.output["price"])
    model.save(tmp_path / "model.keras")
    read = read_keras_network(tmp_path / "model.keras")
    assert (read.features, read.outputs) == (2, {"price" if named else "score": 1})
    inputs = {"image": PICTURES, "features": NUMBERS} if named else [NUMBERS, PICTURES]
    expected = model(inputs, training=False)
    [found] = scores(read, tf.constant(NUMBERS)).values()
    np.testing.assert_allclose(found, expected["price"] if named else expected, rtol=1e-6)


def test_outputs_in_a_list_are_called_as_their_layers(tmp_path: Path) -> None:
    image = keras.Input((24, 32, 3))
    x = L.GlobalMaxPooling2D()(image)
    keras.Model(image, [L.Dense(2, name="b")(x), L.Dense(1, name="a")(x)]).save(tmp_path / "model.keras")
    assert read_keras_network(tmp_path / "model.keras").outputs == {"b": 2, "a": 1}
    assert read_keras_network(tmp_path / "model.keras", Reading(outputs=("a",))).outputs == {"a": 1}
    with pytest.raises(ModelError, match=r"expected `outputs` of b, a\. Received: c"):
        read_keras_network(tmp_path / "model.keras", Reading(outputs=("c",)))


def test_a_stack_of_layers_has_one_score(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((24, 32, 3)), L.Conv2D(2, 3), L.Flatten(), L.Dense(4)])
    model.save(tmp_path / "model.keras")
    read = read_keras_network(tmp_path / "model.keras")
    assert read.outputs == {"score": 4}
    np.testing.assert_allclose(scores(read)["score"], model(PICTURES), rtol=1e-4, atol=1e-3)


def test_half_precision_gives_float32(tmp_path: Path) -> None:
    image = keras.Input((24, 32, 3))
    x = L.Conv2D(2, 3, dtype="mixed_float16")(L.Rescaling(1 / 255)(image))
    model = keras.Model(image, L.Dense(2, dtype="float16")(L.GlobalAveragePooling2D()(x)))
    model.save(tmp_path / "model.keras")
    found = scores(read_keras_network(tmp_path / "model.keras"))["score"]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, model(PICTURES).numpy().astype(np.float32), atol=2e-3)


def test_pictures_of_any_size_need_one(tmp_path: Path) -> None:
    image = keras.Input((None, None, 3))
    keras.Model(image, L.Dense(1)(L.GlobalMaxPooling2D()(image))).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"say which: `size=\.\.\.`"):
        read_keras_network(tmp_path / "model.keras")
    read = read_keras_network(tmp_path / "model.keras", Reading(size=(24, 32)))
    assert read.picture == PictureInput(height=24, width=32, channels=3)


@pytest.mark.parametrize("shape", [(8, 8, 4), (64,)])
def test_a_model_that_takes_no_pictures_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    numbers = keras.Input(shape)
    keras.Model(numbers, L.Flatten()(numbers)).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"expected one input of shape \(N, height, width, 1 or 3\)"):
        read_keras_network(tmp_path / "model.keras")


def test_maps_as_outputs_are_refused(tmp_path: Path) -> None:
    image = keras.Input((8, 8, 1))
    keras.Model(image, {"mask": L.Conv2D(1, 3, name="mask")(image)}).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"expected the output mask of shape \(N, K\).*Received: \(None, 6, 6, 1\)"):
        read_keras_network(tmp_path / "model.keras")


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_what_a_model_was_trained_with_is_not_needed(tmp_path: Path, name: str) -> None:
    model = network({"defect": 1})

    class OwnMetric(keras.metrics.MeanSquaredError):  # type: ignore[misc]
        pass

    def own_loss(truth: Any, score: Any) -> Any:
        return keras.ops.mean(truth - score)

    model.compile("adam", loss=own_loss, metrics=[OwnMetric()])
    model.fit(PICTURES, np.ones((3, 1)), verbose=0)
    assert read_keras_network(save_h5(model, tmp_path / name)).outputs == {"defect": 1}


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_python_code_is_run_only_when_it_may(tmp_path: Path, name: str) -> None:
    image = keras.Input((24, 32, 3))
    x = L.Lambda(lambda t: t / 255.0, name="sly")(image)
    model = keras.Model(image, L.Dense(1)(L.GlobalMaxPooling2D()(x)))
    path = save_h5(model, tmp_path / name)
    with pytest.raises(ModelError, match=r"holds Python code \(Lambda layers: sly\)") as caught:
        read_keras_network(path)
    assert "`allow_lambda=True`" in caught.value.hint
    found = scores(read_keras_network(path, Reading(allow_lambda=True)))["score"]
    np.testing.assert_allclose(found, model(PICTURES), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "content"),
    [("model.keras", b"nonsense"), ("model.h5", b"nonsense"), ("model.keras", EMPTY_ZIP)],
)
def test_a_file_that_is_no_keras_model_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match="not readable as a Keras model") as caught:
        read_keras_network(tmp_path / name)
    assert name in str(caught.value)


def test_a_missing_file_says_who_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aoi train"):
        read_keras_network(tmp_path / "model.keras")


def test_a_class_of_the_authors_own_leads_to_a_savedmodel(tmp_path: Path) -> None:
    class Own(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x

    image = keras.Input((8, 8, 1))
    keras.Model(image, L.Flatten()(Own(name="own")(image))).save(tmp_path / "model.keras")
    with pytest.raises(ModelError, match="layer own is of the class Own, which Keras 3 does not have") as caught:
        read_keras_network(tmp_path / "model.keras")
    assert "SavedModel" in caught.value.hint


def _everything_that_keras_2_spelt_otherwise() -> keras.Model:
    inner = keras.Sequential([keras.Input((11, 15, 4)), L.SeparableConv2D(3, 3), L.Conv2DTranspose(2, 3)], name="inner")
    image = keras.Input((24, 32, 3), name="image")
    x = L.DepthwiseConv2D(3)(L.Rescaling(1 / 255)(image))
    x = L.BatchNormalization(moving_mean_initializer="random_normal")(L.Conv2D(4, 1)(x))
    x = inner(L.MaxPooling2D()(x))
    x = L.Concatenate()([L.GlobalAveragePooling2D()(x), L.LSTM(2)(L.Reshape((-1, 2))(x))])
    return keras.Model(image, {"defect": L.Dense(1, "sigmoid", name="defect")(x)})


def _counted_as_keras_2_did(config: dict[str, Any]) -> None:
    """Calls of the inner model are counted from one."""
    for layer in config["config"]["layers"]:
        for call in layer["inbound_nodes"]:
            for entry in call:
                entry[1] += entry[0] == "inner"


@pytest.mark.parametrize("write", [write_h5, write_keras])
def test_a_file_of_keras_2_gives_the_scores_of_its_model(tmp_path: Path, write: Callable[..., Path]) -> None:
    model = _everything_that_keras_2_spelt_otherwise()
    path = write(model, tmp_path / ("model.h5" if write is write_h5 else "model.keras"), _counted_as_keras_2_did)
    with pytest.raises((TypeError, ValueError)):
        keras.models.load_model(path, compile=False)  # or the repair is for nothing
    expected = model(PICTURES, training=False)["defect"]
    np.testing.assert_allclose(scores(read_keras_network(path))["defect"], expected, atol=1e-6)


def test_calls_of_tensorflow_that_keras_2_kept_are_made(tmp_path: Path) -> None:
    image = keras.Input((24, 32, 3), name="image")
    model = keras.Model(image, L.Dense(2, name="dense")(L.GlobalMaxPooling2D(name="pool")(image)))

    def edit(config: dict[str, Any]) -> None:
        """pool(1 - image / 127.5) without its first row."""
        layers = config["config"]["layers"]
        scaled = tensorflow_layer("tf.math.truediv", "math.truediv", ["image", 0, 0, {"y": 127.5, "name": None}])
        turned = ["_CONSTANT_VALUE", -1, 1.0, {"y": ["tf.math.truediv", 0, 0], "name": None}]
        rows = [{"start": start, "stop": None, "step": None} for start in (None, 1)]
        sliced = ["tf.math.subtract", 0, 0, {"slice_spec": rows}]
        layers[1:1] = [
            scaled,
            tensorflow_layer("tf.math.subtract", "math.subtract", turned),
            tensorflow_layer("tf.getitem", "__operators__.getitem", sliced),
        ]
        layers[4]["inbound_nodes"] = [[["tf.getitem", 0, 0, {}]]]

    read = read_keras_network(write_h5(model, tmp_path / "model.h5", edit))
    expected = model.get_layer("dense")((1 - PICTURES[:, 1:] / 127.5).max(axis=(1, 2)))
    np.testing.assert_allclose(scores(read)["score"], expected, atol=1e-6)


def test_a_file_of_keras_2_with_half_precision_is_read(tmp_path: Path) -> None:
    image = keras.Input((24, 32, 3))
    x = L.Conv2D(2, 3, dtype="mixed_float16")(L.Rescaling(1 / 255)(image))
    model = keras.Model(image, L.Dense(2)(L.GlobalAveragePooling2D()(x)))
    read = read_keras_network(write_h5(model, tmp_path / "model.h5"))
    np.testing.assert_allclose(scores(read)["score"], model(PICTURES), atol=2e-3)


def test_python_code_in_a_file_of_keras_2_is_not_run(tmp_path: Path) -> None:
    image = keras.Input((8, 8, 1))
    model = keras.Model(image, L.Flatten()(L.Lambda(lambda t: t, name="sly")(image)))

    def edit(config: dict[str, Any]) -> None:
        function = config["config"]["layers"][1]["config"]["function"]["config"]
        config["config"]["layers"][1]["config"]["function"] = [function["code"], None, None]

    path = write_h5(model, tmp_path / "model.h5", edit)
    with pytest.raises(ModelError, match="sly"):
        read_keras_network(path)
    assert read_keras_network(path, Reading(allow_lambda=True)).outputs == {"score": 64}


def test_functions_of_keras_in_a_legacy_file_are_refused_because_their_arguments_are_lost(tmp_path: Path) -> None:
    image = keras.Input((8, 8, 3), name="image")
    spread = keras.ops.mean(keras.ops.square(image), axis=(1, 2))
    keras.Model(image, keras.layers.Dense(2)(spread)).save(tmp_path / "model.h5")
    with pytest.raises(ModelError, match=r"is the function .* of keras\.ops") as caught:
        read_keras_network(tmp_path / "model.h5")
    assert "save it as a .keras file" in caught.value.hint
