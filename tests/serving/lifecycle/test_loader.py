"""Version directories with checksums and warm-up requests."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ChecksumError, ModelError, RpcError
from aoi_modules.modelstore import layout
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.batching.parameters import PER_MODEL_FILE, Batching
from aoi_modules.serving.engines import tensorflow
from aoi_modules.serving.lifecycle.engine_metrics import EngineMetrics
from aoi_modules.serving.lifecycle.loader import Loader
from tests.serving import saved_models
from tests.serving.fake_engine import DoublingEngine, run
from tests.serving.saved_models import log

GOOD = np.array([1.0], np.float32)


@pytest.fixture
def half(models: Path, tmp_path: Path) -> Path:
    """A copy of a model, to put warm-up requests into."""
    return saved_models.publish(models / "half" / "00000001", tmp_path / "half", 1)


def test_warm_ups_are_told_to_the_metrics(tmp_path: Path) -> None:
    metrics = EngineMetrics()
    (tmp_path / "saved_model.pb").touch()
    load = Loader(lambda path: DoublingEngine(), metrics=metrics)
    load("half", 1, tmp_path)
    assert "_sum{" not in "\n".join(metrics.lines())  # nothing to replay
    saved_models.add_warm_up(tmp_path, log(x=GOOD))
    load("half", 1, tmp_path)
    assert f':tensorflow:serving:model_warmup_records_read{{model_path="{tmp_path}"}} 1' in list(metrics.lines())


def test_each_version_may_say_how_its_requests_are_merged(tmp_path: Path) -> None:
    load = Loader(lambda path: DoublingEngine(), batching=Batching(max_batch_size=2), per_model=True)
    rows = {"x": np.ones(6, np.float32)}
    assert len(run(load("m", 1, tmp_path), rows)["y"]) == 6  # without a file nothing is merged
    (tmp_path / PER_MODEL_FILE).write_text("max_batch_size { value: 4 }")
    with pytest.raises(RpcError, match="Task size 6 is larger than maximum input batch size 4"):
        run(load("m", 2, tmp_path), rows)


def test_a_damaged_version_directory_is_never_loaded(models: Path, tmp_path: Path) -> None:
    path = saved_models.publish(models / "strict" / "1", tmp_path / "strict", 1)
    with (path / "saved_model.pb").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ChecksumError, match=r"saved_model.pb is damaged"):
        Loader(tensorflow.load)("strict", 1, path)


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ({}, "Received: double"),
        ({"tile": InputCheck.NONE}, "the engine was asked"),
        ({"*": InputCheck.NONE}, "the engine was asked"),
        ({"*": InputCheck.NONE, "tile": InputCheck.FULL}, "Received: double"),
    ],
)
def test_how_inputs_are_checked_is_chosen_by_model(tmp_path: Path, checks: dict[str, InputCheck], message: str) -> None:
    class Asked(DoublingEngine):
        def run(self, *_: Any) -> Any:
            raise RpcError("INVALID_ARGUMENT", "the engine was asked")

    file = tmp_path / layout.MANIFEST_FILE  # which makes it one of ours
    file.parent.mkdir()
    file.write_text("{}")
    servable = Loader(lambda _: Asked(), warm_up=False, checks=checks)("tile", 1, tmp_path)
    with pytest.raises(RpcError, match=message):
        run(servable, {"x": np.array([1.0])})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    def load(path: Path) -> Any:
        raise PermissionError(13, "Permission denied", str(path / "variables"))

    with pytest.raises(ModelError, match=f"{tmp_path}: cannot be loaded: {tmp_path}/variables: Permission denied"):
        Loader(load)("m", 1, tmp_path)
