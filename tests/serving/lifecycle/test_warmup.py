"""Warm-up requests of a version directory are replayed before it is served; what fails there fails the load."""

from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore import layout
from aoi_modules.serving.engines import tensorflow
from aoi_modules.serving.lifecycle.loader import Loader
from aoi_modules.serving.lifecycle.warmup import MAX_RECORDS, warm_up
from aoi_modules.wire import records
from aoi_modules.wire.messages import PredictionLog
from tests.serving import saved_models
from tests.serving.calls import example_input
from tests.serving.fake_engine import DoublingEngine
from tests.serving.saved_models import log

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
    file = half / layout.WARMUP_FILE
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


def test_a_damaged_file_is_named(half: Path) -> None:
    saved_models.add_warm_up(half, log(x=GOOD))
    file = half / layout.WARMUP_FILE
    file.write_bytes(file.read_bytes()[:-2])
    with pytest.raises(ModelError, match="record damaged"):
        Loader(tensorflow.load)("half", 1, half)
