"""A model that has learnt is kept until its training is written."""

import os
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.tf import keras
from aoi_modules.training.fitting.kept_model import NOTE, learned_once, mentioned, place
from aoi_modules.training.fitting.learning import Learned
from aoi_modules.training.fitting.unfinished import KEPT_MODEL


def learned(value: float = 2.0) -> Learned:
    image = keras.Input((1,), name="image")
    model = keras.Model(image, {"defect": keras.layers.Dense(1, use_bias=False)(image)})
    model.set_weights([np.array([[value]], np.float32)])
    return Learned(model, {"loss": [0.5, 0.25]}, weights="random")


def never() -> Learned:
    pytest.fail("it has learnt already")


def test_what_has_learnt_does_not_learn_again(tmp_path: Path) -> None:
    lines: list[str] = []
    first = learned_once(tmp_path, learned, log=lines.append)
    again = learned_once(tmp_path, never, log=lines.append)
    assert (again.history, again.weights) == (first.history, first.weights) == ({"loss": [0.5, 0.25]}, "random")
    assert float(np.asarray(again.model(np.ones((1, 1), np.float32))["defect"]).item()) == 2.0
    assert all(str(tmp_path / KEPT_MODEL) in line for line in lines)
    assert sorted(path.name for path in tmp_path.iterdir()) == [NOTE, KEPT_MODEL]


@pytest.mark.parametrize("harmed", [KEPT_MODEL, NOTE])
def test_a_damaged_one_is_not_believed(tmp_path: Path, harmed: str) -> None:
    learned_once(tmp_path, learned, log=lambda line: None)
    (tmp_path / harmed).write_bytes(b"half")
    again = learned_once(tmp_path, lambda: learned(3.0), log=lambda line: None)
    assert again.model.get_weights()[0].item() == 3.0


def test_one_of_another_keras_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learned_once(tmp_path, learned, log=lambda line: None)
    monkeypatch.setattr(keras, "__version__", "99.0")
    assert learned_once(tmp_path, lambda: learned(3.0), log=lambda line: None).model.get_weights()[0].item() == 3.0


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / KEPT_MODEL).mkdir()
    (tmp_path / KEPT_MODEL / "file").touch()
    with pytest.raises(ModelError, match=r"learned.keras: the model cannot be kept: Is a directory"):
        learned_once(tmp_path, learned, log=lambda line: None)


def test_the_kept_file_itself_becomes_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = learned_once(tmp_path, learned, log=lambda line: None)
    place(tmp_path, found.model, tmp_path / "linked.keras")

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)  # as some file systems do
    place(tmp_path, found.model, tmp_path / "copied.keras")
    content = (tmp_path / KEPT_MODEL).read_bytes()
    assert (tmp_path / "linked.keras").read_bytes() == (tmp_path / "copied.keras").read_bytes() == content


def test_where_nothing_is_kept_the_model_is_saved(tmp_path: Path) -> None:
    for number, work in enumerate((None, tmp_path)):
        place(work, learned().model, tmp_path / f"{number}.keras")
        assert keras.models.load_model(tmp_path / f"{number}.keras").get_weights()[0].item() == 2.0


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_whatever_fails_later_says_where_the_model_is(tmp_path: Path, kind: type[BaseException]) -> None:
    with pytest.raises(kind) as caught, mentioned(tmp_path):
        raise kind
    assert caught.value.__notes__ == [f"the model is kept: {tmp_path / KEPT_MODEL}; the same command goes on from it"]
