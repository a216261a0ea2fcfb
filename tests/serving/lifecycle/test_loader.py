"""Version directories with checksums and warm-up requests."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aoi_modules.errors import ChecksumError, ModelError, RpcError
from aoi_modules.modelstore import manifest
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.batching.parameters import PER_MODEL_FILE, Batching
from aoi_modules.serving.engines import tensorflow
from aoi_modules.serving.lifecycle.engine_metrics import EngineMetrics
from aoi_modules.serving.lifecycle.loader import Loader
from aoi_modules.serving.lifecycle.warmup import FILE_NAME, MAX_RECORDS, warm_up
from aoi_modules.wire import records
from aoi_modules.wire.messages import PredictionLog
from tests.serving import saved_models
from tests.serving.calls import example_input, predict_request
from tests.serving.fake_engine import DoublingEngine, run


def log(**inputs: Any) -> PredictionLog:
    entry = PredictionLog()
    entry.predict_log.request.CopyFrom(predict_request("half", **inputs))
    return entry


GOOD = np.array([1.0], np.float32)


@pytest.fixture
def half(models: Path, tmp_path: Path) -> Path:
    """A copy of a model, to put warm-up requests into."""
    return saved_models.publish(models / "half" / "00000001", tmp_path / "half", 1)


def test_warm_up_runs_every_record(half: Path) -> None:
    saved_models.add_warm_up(half, log(x=GOOD), log(x=GOOD))
    servable = Loader(tensorflow.load)("half", 1, half)
    assert warm_up(servable, half, rounds=1) == 2
    assert warm_up(servable, half, rounds=0) == 0


def test_a_record_that_fails_fails_the_load_with_its_code(half: Path) -> None:
    saved_models.add_warm_up(half, log())
    with pytest.raises(ModelError, match="warm-up failed: input size does not match signature") as caught:
        Loader(tensorflow.load)("half", 1, half)
    assert getattr(caught.value.__cause__, "code", None) == "INVALID_ARGUMENT"


def test_a_record_of_another_signature_fails(half: Path) -> None:
    entry = log(x=GOOD)
    entry.predict_log.request.model_spec.signature_name = "none"
    saved_models.add_warm_up(half, entry)
    with pytest.raises(ModelError, match='Serving signature key "none" not found'):
        Loader(tensorflow.load)("half", 1, half)


def test_warm_up_can_be_switched_off(half: Path) -> None:
    saved_models.add_warm_up(half, log())
    assert Loader(tensorflow.load, warm_up=False)("half", 1, half).version == 1


def test_other_records_are_refused(half: Path) -> None:
    saved_models.add_warm_up(half, PredictionLog())
    with pytest.raises(ModelError, match="Unsupported log_type for warmup"):
        Loader(tensorflow.load)("half", 1, half)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"no TFRecord", "DATA_LOSS", "Please verify your warmup data is in TFRecord format"),
        (b"\xff\xff\xff", "INVALID_ARGUMENT", "Failed to parse warmup record"),
    ],
)
def test_a_damaged_file_fails_the_load_unless_nobody_looks_at_it(
    half: Path, content: bytes, code: str, words: str
) -> None:
    file = half / FILE_NAME
    file.parent.mkdir(exist_ok=True)
    if code == "DATA_LOSS":
        file.write_bytes(content)
    else:
        records.write_records(file, [content])
    with pytest.raises(ModelError, match=words) as caught:
        Loader(tensorflow.load)("half", 1, half)
    assert getattr(caught.value.__cause__, "code", None) == code
    assert Loader(tensorflow.load, warm_up=False)("half", 1, half).version == 1


def test_requests_of_examples_are_replayed(models: Path, tmp_path: Path) -> None:
    path = saved_models.publish(models / "examples" / "1", tmp_path / "examples", 1)
    logs = [PredictionLog(), PredictionLog(), PredictionLog()]
    logs[0].classify_log.request.input.CopyFrom(example_input(1.0))
    logs[1].regress_log.request.input.CopyFrom(example_input(1.0))
    logs[1].regress_log.request.model_spec.signature_name = "number"
    task = logs[2].multi_inference_log.request.tasks.add(method_name="tensorflow/serving/classify")
    task.model_spec.name = "its name where it was recorded"
    logs[2].multi_inference_log.request.input.CopyFrom(example_input(1.0))
    saved_models.add_warm_up(path, *logs)
    servable = Loader(tensorflow.load)("examples", 1, path)
    assert warm_up(servable, path, rounds=2) == 3


def test_too_many_records_are_refused(tmp_path: Path) -> None:
    saved_models.add_warm_up(tmp_path, *[log(x=GOOD)] * (MAX_RECORDS + 1))
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(ModelError, match="Number of warmup records exceeds the maximum"):
        Loader(lambda path: DoublingEngine())("half", 1, tmp_path)


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


def test_a_damaged_file_is_named(half: Path) -> None:
    saved_models.add_warm_up(half, log(x=GOOD))
    file = half / "assets.extra/tf_serving_warmup_requests"
    file.write_bytes(file.read_bytes()[:-2])
    with pytest.raises(ModelError, match="record damaged"):
        Loader(tensorflow.load)("half", 1, half)


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

    file = tmp_path / manifest.FILE_NAME  # which makes it one of ours
    file.parent.mkdir()
    file.write_text("{}")
    servable = Loader(lambda _: Asked(), warm_up=False, checks=checks)("tile", 1, tmp_path)
    with pytest.raises(RpcError, match=message):
        run(servable, {"x": np.array([1.0])})
