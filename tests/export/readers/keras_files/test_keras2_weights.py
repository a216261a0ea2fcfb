from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.keras2_weights import fill
from aoi_modules.tf import keras
from tests.export.readers.keras_files.configs import functional, layer

L = keras.layers
CONFIG = functional([layer("InputLayer", "in"), layer("Dense", "b"), layer("Dense", "a"), layer("Dense", "c")])


@pytest.fixture
def model() -> Any:
    """Three layers of one class, in another order than the configuration has them."""
    start = keras.Input((2,), name="in")
    return keras.Model(start, [L.Dense(2, use_bias=False, name=name)(start) for name in ("a", "b", "c")])


def written(path: Path, container: str, *groups: str) -> h5py.File:
    """Weights that count the groups."""
    file = h5py.File(path, "w")
    for number, name in enumerate(groups):
        file[f"{container}/{name}/vars/0"] = np.full((2, 2), number, "float32")
    return file


def placed(model: Any) -> dict[str, float]:
    return {name: float(model.get_layer(name).kernel.numpy()[0, 0]) for name in "abc"}


@pytest.mark.parametrize(
    ("container", "groups"),
    [
        ("layers", ("dense", "dense_1", "dense_2")),
        ("_layer_checkpoint_dependencies", ("dense", "dense_2", "dense_4")),
        ("layers", ("dense", "dense_2", "dense_10")),  # counted as numbers, not as text
    ],
)
def test_layers_of_one_class_are_counted_in_the_order_of_the_configuration(
    tmp_path: Path, model: Any, container: str, groups: tuple[str, ...]
) -> None:
    with written(tmp_path / "w.h5", container, *groups) as file:
        fill(model, CONFIG, file, "file")
    assert placed(model) == {"b": 0.0, "a": 1.0, "c": 2.0}


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (("dense", "dense_1"), "has weights at /layers/dense, for which Keras 3 has no place"),
        (("dense", "dense_1", "dense_2", "dense_3"), "has weights at /layers/dense, for which"),
        (("dense", "dense_1", "dense_2", "other"), "has weights at /layers/other, for which"),
        ((), "has no weight for a/kernel, b/kernel, c/kernel of Keras 3"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, model: Any, groups: tuple[str, ...], message: str) -> None:
    with written(tmp_path / "w.h5", "layers", *groups) as file, pytest.raises(ModelError, match=message):
        fill(model, CONFIG, file, "file")


def test_the_state_of_a_training_is_left_alone(tmp_path: Path, model: Any) -> None:
    with written(tmp_path / "w.h5", "layers", "dense", "dense_1", "dense_2") as file:
        file["optimizer/vars/0"] = 1.0
        file["metrics/mean/vars/0"] = 1.0
        fill(model, CONFIG, file, "file")
    assert placed(model)["c"] == 2.0
