"""Inputs that engines are tried with come from the version directory, or fit its signatures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from aoi_modules.modelstore import layout, signatures
from aoi_modules.serving.engines.tries import MOST, made, tries
from aoi_modules.tf import tf
from tests.serving import saved_models
from tests.serving.calls import predict_request
from tests.serving.saved_models import function, log


def test_without_samples_inputs_are_drawn(models: Path) -> None:
    echo, half = models / "echo/1", models / "half/00000001"
    assert tries(echo, signatures.read(echo)) == {}  # any shape goes, so none is drawn
    drawn = tries(half, signatures.read(half))
    assert drawn.keys() == {"serving_default", "both"}
    assert [array.shape for array in drawn["both"][0].values()] == [(2,)]


def test_those_of_ours_are_the_golden_samples_and_the_warm_up(houses: Path) -> None:
    found = tries(houses, signatures.read(houses))
    assert found.keys() == {"serving_default", "pixels"}
    assert [len(inputs["image"]) for inputs in found["serving_default"]] == [4, 1, 4]
    assert all(inputs.keys() == {"image", "features"} for inputs in found["serving_default"])
    assert found["pixels"][0]["image"].shape == (2, 32, 32, 3)


def test_a_few_are_enough(models: Path, tmp_path: Path) -> None:
    folder = saved_models.publish(models / "half/00000001", tmp_path / "half", 1)
    saved_models.add_warm_up(folder, *(log(x=np.full(1, number, np.float32)) for number in range(MOST + 3)))
    found = tries(folder, signatures.read(folder))["serving_default"]
    assert [float(inputs["x"][0]) for inputs in found] == [0.0, 1.0, 2.0, 3.0]


def test_drawn_arrays_of_each_kind(tmp_path: Path) -> None:
    specs: Mapping[str, Any] = {
        "a": tf.TensorSpec([None, 3], tf.int64), "b": tf.TensorSpec([], tf.float64), "c": tf.TensorSpec([4], tf.uint8)
    }  # fmt: skip
    body = function(lambda a, b, c: {"y": tf.cast(a[0, 0], tf.float64) + b + tf.cast(c[0], tf.float64)}, **specs)
    folder = saved_models.write(tmp_path / "1", {"serving_default": body})
    ((drawn,),) = tries(folder, signatures.read(folder)).values()
    assert {name: (array.dtype.name, array.shape) for name, array in drawn.items()} == {
        "a": ("int64", (2, 3)), "b": ("float64", ()), "c": ("uint8", (4,)),
    }  # fmt: skip
    assert int(drawn["a"].max()) < 2


def test_what_is_damaged_is_left_to_others(models: Path, tmp_path: Path) -> None:
    folder = saved_models.publish(models / "half/00000001", tmp_path / "half", 1)
    known = tries(folder, signatures.read(folder))
    (folder / layout.WARMUP_FILE).parent.mkdir(exist_ok=True)
    (folder / layout.WARMUP_FILE).write_bytes(predict_request("half", x=np.ones(2, np.float32)).SerializeToString())
    assert tries(folder, signatures.read(folder)).keys() == known.keys()


def test_inputs_are_made_for_strings_too(tmp_path: Path) -> None:
    specs: Mapping[str, Any] = {"a": tf.TensorSpec([None, 2], tf.string), "b": tf.TensorSpec([], tf.string)}
    body = function(lambda a, b: {"y": tf.strings.join([a[:, 0], b])}, **specs)
    folder = saved_models.write(tmp_path / "1", {"serving_default": body})
    arrays = made(signatures.read(folder)["serving_default"])
    assert arrays is not None
    assert {name: array.shape for name, array in arrays.items()} == {"a": (1, 2), "b": ()}
    assert arrays["b"].item().startswith(b"\x89PNG")


def test_none_are_made_where_the_rank_of_numbers_is_open(models: Path) -> None:
    known = signatures.read(models / "echo/1")
    assert made(known["float"]) is None
    assert made(known["string"]) is not None
    assert made(known["manifest"]) == {}
