"""Files that older Keras wrote, against the scores that it gave; `keras_truth/write.py` made both."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.expected import Expected
from aoi_modules.export.model_sources import read
from aoi_modules.export.readers.keras_files.model import load_model
from aoi_modules.export.readers.keras_network import read_keras_network
from aoi_modules.export.reading import Reading
from aoi_modules.export.servable import write_servable
from aoi_modules.modelstore.golden import Golden
from aoi_modules.tf import keras, tf

TRUTH = Path(__file__).with_name("keras_truth")
VERSIONS = ("2.12", "2.13", "2.14", "2.15", "3.0", "3.3")
WHOLE = "2.13"
"""Each of its files has a test of its own."""
CASES = (
    "nested_normalization",
    "normalization_three_deep",
    "normalization_axes",
    "frozen_inside",
    "thawed_last",
    "slashes",
    "slashes_inside",
    "several_of_a_class",
    "branches",
    "shared",
    "two_inputs",
    "hard_sigmoid",
    "recurrent",
    "wrapped",
    "attention",
    "convolutions",
    "squeezed",
    "gray",
    "convnext",
    "efficientnet",
)


OF_KERAS_3 = ("activations", "functions", "norms_of_groups")
WITH_FUNCTIONS = ("branches", "convnext", "functions", "several_of_a_class", "two_inputs")
"""Models that call functions of `keras.ops`, whose arguments Keras 3 does not write into a legacy file."""


def packed_models(archive: zipfile.ZipFile, ending: str) -> list[str]:
    return [name.removesuffix(f".{ending}") for name in archive.namelist() if name.endswith(f".{ending}")]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def packed(version: str) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(TRUTH / f"{version}.zip") as archive:
        yield archive


def unpacked(archive: zipfile.ZipFile, name: str, folder: Path) -> Path:
    return Path(archive.extract(name, folder))


def difference(model: Path, samples: Path) -> float:
    """The greatest one between the scores of the author's Keras and of the network, called as the export calls it."""
    network = read_keras_network(model)
    with np.load(samples) as arrays:
        features = tf.constant(arrays["features"]) if "features" in arrays else None
        found = tf.function(network.run)(tf.constant(arrays["images"].astype("float32")), features)
        expected = {name.removeprefix("score/"): arrays[name] for name in arrays if name.startswith("score/")}
    assert found.keys() == expected.keys()
    return max(float(np.max(np.abs(found[name] - values))) for name, values in expected.items())


def test_every_written_model_is_tried(packed: zipfile.ZipFile, version: str) -> None:
    written = set(packed_models(packed, "keras"))
    assert written <= {*CASES, *OF_KERAS_3}
    # The first Keras 3 could not make or write each of them.
    assert written == set(CASES) if version.startswith("2.") else len(written) >= 12


@pytest.mark.parametrize(
    "file",
    ["activations.h5", "activations.keras", "functions.keras", "norms_of_groups.keras", "normalization_three_deep.h5"],
)
def test_a_file_of_the_first_keras_3_gives_its_scores(file: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(TRUTH / "3.0.zip") as archive:
        model, samples = (unpacked(archive, one, tmp_path) for one in (file, f"{file.partition('.')[0]}.npz"))
    assert difference(model, samples) < 1e-4


@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.parametrize("name", CASES)
def test_a_file_of_keras_2_gives_the_scores_of_keras_2(name: str, ending: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(TRUTH / f"{WHOLE}.zip") as archive:
        model, samples = (unpacked(archive, f"{name}.{one}", tmp_path) for one in (ending, "npz"))
    assert difference(model, samples) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["h5", "keras"])
@pytest.mark.parametrize("version", [one for one in VERSIONS if one != WHOLE], indirect=True)
def test_the_files_of_each_keras_give_its_scores(
    packed: zipfile.ZipFile, version: str, ending: str, tmp_path: Path
) -> None:
    apart = {}
    for name in packed_models(packed, ending):
        keras.backend.clear_session()
        model, samples = (unpacked(packed, f"{name}.{one}", tmp_path) for one in (ending, "npz"))
        if version.startswith("3.") and ending == "h5" and name in WITH_FUNCTIONS:
            with pytest.raises(ModelError, match=r"a legacy \.h5 file has lost its arguments"):
                load_model(model)
            continue
        apart[name] = difference(model, samples)
    assert {name: value for name, value in apart.items() if not value < 1e-4} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "name"),
    [
        (version, name)
        for version in VERSIONS
        for name in (
            ("nested_normalization.h5", "convnext.keras")
            if version.startswith("3.")
            else ("nested_normalization.h5", "two_inputs.keras", "convnext.h5")
        )
    ],
)
def test_a_servable_gives_the_scores_of_the_authors_keras(version: str, name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(TRUTH / f"{version}.zip") as packed:
        model = unpacked(packed, name, tmp_path)
        samples = unpacked(packed, f"{name.partition('.')[0]}.npz", tmp_path)
    features = ("a", "b", "c", "d") if "two_inputs" in name else ()
    source = read(model, reading=Reading(expect=samples, features=features))
    servable = write_servable(source, "part", tmp_path / "models")
    assert (servable.manifest.golden, servable.difference < 1e-4) == ("author's scores", True)
    truth = Expected.read(samples).of_heads({head.name: head.name for head in source.heads})
    for head, values in Golden.read(servable.path).scores.items():
        np.testing.assert_array_equal(values, truth.scores[head])


@pytest.mark.parametrize("kind", ["Normalization", "BatchNormalization"])
def test_a_legacy_file_of_keras_3_is_finished_and_placed_by_name(tmp_path: Path, kind: str) -> None:
    layers = [keras.layers.BatchNormalization(name=name) for name in ("p", "q", "r")]
    if kind == "Normalization":
        layers = [keras.layers.Normalization()]
        layers[0].adapt(np.random.default_rng(0).normal(100, 30, (64, 3)))
    inner = keras.Sequential([keras.Input((8, 8, 3)), *layers, keras.layers.GlobalAveragePooling2D()], name="inner")
    if kind == "BatchNormalization":
        inner.set_weights([np.random.default_rng(1).uniform(0.5, 2, w.shape) for w in inner.get_weights()])
        inner.trainable = False
        layers[1].trainable = True
    start = keras.Input((8, 8, 3))
    model = keras.Model(start, keras.layers.Dense(2)(inner(start)))
    model.save(tmp_path / "m.h5")
    pictures = np.random.default_rng(2).uniform(0, 255, (2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(load_model(tmp_path / "m.h5")(pictures), model(pictures), atol=1e-3, rtol=1e-5)


def test_axes_in_a_legacy_file_are_not_lost(tmp_path: Path) -> None:
    start = keras.Input((4, 4, 2))
    keras.Model(start, keras.layers.Flatten()(keras.layers.Softmax(axis=[1, 2])(start))).save(tmp_path / "m.h5")
    [sums] = np.asarray(load_model(tmp_path / "m.h5")(np.ones((1, 4, 4, 2)))).reshape(-1, 16, 2).sum(axis=1)
    np.testing.assert_allclose(sums, 1, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("Softmax", lambda values: keras.ops.softmax(values, axis=1)),
        ("Concatenate", lambda values: keras.ops.concatenate([values, values], axis=1)),
    ],
)
def test_a_function_that_is_called_as_a_layer_is_does_not_become_that_layer(
    tmp_path: Path, name: str, function: Callable[[Any], Any]
) -> None:
    start = keras.Input((4, 4, 4))
    keras.Model(start, keras.layers.Flatten()(function(start))).save(tmp_path / "m.h5")
    with pytest.raises(ModelError, match=rf"is the function {name} of keras\.ops"):
        load_model(tmp_path / "m.h5")


def test_a_file_of_theano_is_refused_because_its_kernels_lie_the_other_way(tmp_path: Path) -> None:
    with zipfile.ZipFile(TRUTH / "2.13.zip") as archive:
        path = unpacked(archive, "gray.h5", tmp_path)
    with h5py.File(path, "r+") as file:
        file.attrs["backend"] = "theano"
    with pytest.raises(ModelError, match="written by Keras on Theano"):
        load_model(path)


@pytest.mark.parametrize("name", ["gray.h5", "gray.keras"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, name: str, kept: float) -> None:
    with zipfile.ZipFile(TRUTH / "2.13.zip") as archive:
        content = archive.read(name)
    (tmp_path / name).write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ModelError, match="not readable as a Keras model"):
        load_model(tmp_path / name)


def test_a_file_without_weights_says_where_they_should_be(tmp_path: Path) -> None:
    with zipfile.ZipFile(TRUTH / "2.13.zip") as archive:
        path = unpacked(archive, "gray.h5", tmp_path)
    with h5py.File(path, "r+") as file:
        del file["model_weights"]
    with pytest.raises(ModelError, match="model_weights"):
        load_model(path)
