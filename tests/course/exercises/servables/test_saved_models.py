"""A SavedModel as an answer is loaded as a server loads it; the tests of lesson 6 have the mistakes."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.servables.saved_models import SavedAnswer, agree
from aoi_modules.tf import keras


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    image = keras.Input((2, 2, 1), name="image")
    flat = keras.layers.Flatten()(image)
    scores = {"a": keras.layers.Dense(3)(flat), "b": keras.layers.Dense(1, use_bias=False)(flat)}
    path = tmp_path_factory.mktemp("model") / "1"
    keras.Model(image, scores).export(path, verbose=False)
    return path


def test_it_says_what_it_takes_and_gives(folder: Path) -> None:
    saved = SavedAnswer(folder)
    assert list(saved.inputs) == ["image"]
    assert saved.outputs == ["a", "b"]
    saved.check_outputs(["b", "a"])
    shapes = {name: values.shape for name, values in saved.scores(np.ones((5, 2, 2, 1), np.float32), "ones").items()}
    assert shapes == {"a": (5, 3), "b": (5, 1)}


def test_its_weights_are_counted(folder: Path) -> None:
    assert SavedAnswer(folder).count_weights() == (4 * 3 + 3) + 4 * 1


def test_what_does_not_load_is_a_hint(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Hint, match="no saved_model"):
        SavedAnswer(tmp_path)
    with pytest.raises(Hint, match=f"it lies in {folder}"):
        SavedAnswer(folder.parent)
    (tmp_path / "saved_model.pb").write_bytes(b"no graph")
    with pytest.raises(Hint, match="does not load"):
        SavedAnswer(tmp_path)


def test_a_graph_that_fails_is_a_hint(folder: Path) -> None:
    with pytest.raises(Hint, match="small pictures: the graph fails"):
        SavedAnswer(folder).scores(np.ones((1, 1, 1, 1), np.float32), "small pictures")


def test_scores_agree_but_for_rounding() -> None:
    one = {"a": np.array([[0.5, 0.25]], np.float32)}
    assert agree({"a": one["a"] + 1e-6, "b": one["a"]}, one)
    assert not agree({"a": one["a"] + 0.01}, one)
    assert not agree({"a": one["a"][:, :1]}, one)
