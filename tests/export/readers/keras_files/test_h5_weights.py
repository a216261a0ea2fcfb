from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.export.readers.keras_files.h5_weights import fill
from aoi_modules.tf import keras

L = keras.layers
GAMMA, BETA, MEAN, VARIANCE = ("gamma", "beta", "moving_mean", "moving_variance")


@pytest.fixture
def model() -> Any:
    """Two norms of the same shapes in a model in a model."""
    norms = [L.BatchNormalization(name=name) for name in "pq"]
    inner = keras.Sequential([keras.Input((4,)), *norms], name="in")
    start = keras.Input((4,))
    return keras.Model(start, inner(start))


def written(path: Path, weights: list[str], **more: list[str]) -> h5py.File:
    """A file whose weights are numbers that count them."""
    file = h5py.File(path, "w")
    names = {"in": weights, **more}
    file.attrs["layer_names"] = [name.encode() for name in names]
    for layer, own in names.items():
        group = file.create_group(layer)
        group.attrs["weight_names"] = [name.encode() for name in own]
        for number, name in enumerate(own):
            group[name] = np.full(4, number, "float32")
    return file


def placed(model: Any) -> dict[str, float]:
    [inner] = [layer for layer in model.layers if layer.weights]
    return {weight.path: float(weight.numpy()[0]) for weight in inner.weights}


def in_order(*pairs: tuple[str, str]) -> list[str]:
    return [f"{layer}/{weight}:0" for layer, weight in pairs]


FROZEN = in_order(
    *(("q", name) for name in (GAMMA, BETA)),
    *(("p", name) for name in (GAMMA, BETA, MEAN, VARIANCE)),
    *(("q", name) for name in (MEAN, VARIANCE)),
)


@pytest.mark.parametrize("scope", ["", "in/", "outer/in/"])
def test_weights_go_by_their_names_whatever_was_frozen(tmp_path: Path, model: Any, scope: str) -> None:
    with written(tmp_path / "m.h5", [f"{scope}{name}" for name in FROZEN]) as file:
        fill(model, file, "m.h5")
    found = {tuple(path.split("/")[-2:]): value for path, value in placed(model).items()}
    expected = {tuple(name.removesuffix(":0").split("/")): number for number, name in enumerate(FROZEN)}
    assert found == expected


def test_without_names_the_order_counts(tmp_path: Path, model: Any) -> None:
    order = [*(("a", n) for n in (GAMMA, BETA)), *(("b", n) for n in (GAMMA, BETA))]
    order += [*(("a", n) for n in (MEAN, VARIANCE)), *(("b", n) for n in (MEAN, VARIANCE))]
    with written(tmp_path / "m.h5", in_order(*order)) as file:
        fill(model, file, "m.h5")
    found = {tuple(path.split("/")[-2:]): value for path, value in placed(model).items()}
    assert [found["p", name] for name in (GAMMA, BETA, MEAN, VARIANCE)] == [0, 1, 4, 5]
    assert [found["q", name] for name in (GAMMA, BETA, MEAN, VARIANCE)] == [2, 3, 6, 7]


def test_an_order_that_the_names_deny_is_refused(tmp_path: Path, model: Any) -> None:
    order = [("other", name) for name in (GAMMA, BETA, MEAN, VARIANCE)] + [("another", name) for name in (GAMMA,)]
    order += [("another", name) for name in (BETA, MEAN, VARIANCE)]
    with written(tmp_path / "m.h5", in_order(*order)) as file, pytest.raises(ModelError, match="in its place") as no:
        fill(model, file, "m.h5")
    assert "layer in has the weight" in str(no.value)


def test_weights_without_a_place_and_places_without_a_weight_are_refused(tmp_path: Path, model: Any) -> None:
    few, many = written(tmp_path / "a.h5", FROZEN[:5]), written(tmp_path / "b.h5", FROZEN, dense=["dense/kernel:0"])
    with few as file, pytest.raises(ModelError, match=r"layer in has 8 weights.*: 5"):
        fill(model, file, "a.h5")
    with many as file, pytest.raises(ModelError, match="has weights of dense, for which Keras 3 has no place"):
        fill(model, file, "b.h5")


def test_a_weight_of_another_shape_is_refused(tmp_path: Path, model: Any) -> None:
    with written(tmp_path / "m.h5", FROZEN) as file:
        del file["in/q/gamma:0"]
        file["in/q/gamma:0"] = np.zeros(5, "float32")
        with pytest.raises(ModelError, match=r"Received in its place: q/gamma:0 of shape \(5,\)"):
            fill(model, file, "m.h5")


def test_layers_finish_what_follows_from_their_weights_at_any_depth(tmp_path: Path) -> None:
    inner = keras.Sequential([keras.Input((4,)), L.Normalization(name="norm")])
    start = keras.Input((3, 4))
    model = keras.Model(start, L.TimeDistributed(keras.Sequential([keras.Input((4,)), inner]), name="in")(start))
    with written(tmp_path / "m.h5", ["mean:0", "variance:0", "count:0"]) as file:
        del file["in/count:0"]
        file["in/count:0"] = 7
        file["in/mean:0"][:] = 10.0
        file["in/variance:0"][:] = 4.0
        fill(model, file, "m.h5")
    np.testing.assert_allclose(model(np.full((1, 3, 4), 14.0, "float32")), 2.0, atol=1e-6)


def test_long_lists_of_names_lie_in_parts(tmp_path: Path, model: Any) -> None:
    with written(tmp_path / "m.h5", FROZEN) as file:
        names = file["in"].attrs["weight_names"]
        del file["in"].attrs["weight_names"]
        file["in"].attrs.update({"weight_names0": names[:3], "weight_names1": names[3:]})
        fill(model, file, "m.h5")
    assert sorted(placed(model).values()) == list(range(8))
