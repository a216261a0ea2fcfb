from pathlib import Path

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.serving.batching import parameters
from aoi_modules.serving.batching.parameters import Batching


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "batching.config"
    path.write_text(text)
    return str(path)


def test_defaults_and_none() -> None:
    assert parameters.from_flags(enabled=False, file="") is None
    assert parameters.from_flags(enabled=True, file="") == Batching(1000, 0, 10)


def test_all_that_can_be_set(tmp_path: Path) -> None:
    text = """
    max_batch_size { value: 32 } batch_timeout_micros { value: 1000 } max_enqueued_batches { value: 7 }
    num_batch_threads { value: 2 } thread_pool_name { value: "pool" } allowed_batch_sizes: 8 allowed_batch_sizes: 32
    pad_variable_length_inputs: true"""
    assert parameters.from_flags(enabled=True, file=written(tmp_path, text)) == Batching(
        max_batch_size=32,
        batch_timeout_micros=1000,
        max_enqueued_batches=7,
        num_batch_threads=2,
        allowed_batch_sizes=(8, 32),
        thread_pool_name="pool",
        pad_variable_length_inputs=True,
    )


def test_large_requests_may_be_split(tmp_path: Path) -> None:
    text = """max_batch_size { value: 32 } enable_large_batch_splitting { value: true }
              max_execution_batch_size { value: 8 } allowed_batch_sizes: 4 allowed_batch_sizes: 8"""
    batching = parameters.from_flags(enabled=True, file=written(tmp_path, text))
    assert batching is not None
    assert (batching.max_execution_batch_size, batching.allowed_batch_sizes) == (8, (4, 8))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_batch_size: 32", "not a tensorflow.serving.BatchingParameters"),
        ("max_batch_size { value: 0 }", "max_batch_size: expected at least 1. Received: 0"),
        ("num_batch_threads { value: -1 }", "num_batch_threads: expected at least 1. Received: -1"),
        ("batch_timeout_micros { value: -1 }", "batch_timeout_micros: expected at least 0. Received: -1"),
        ("allowed_batch_sizes: 8 allowed_batch_sizes: 4", "must be monotonically increasing. Received: [8, 4]"),
        (
            "max_batch_size { value: 32 } allowed_batch_sizes: 8",
            "Last entry in allowed_batch_sizes must match max_batch_size; last entry was 8; expected 32",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parameters.from_flags(enabled=True, file=written(tmp_path, text))
    assert message in caught.value.message


def test_parameters_of_one_version_but_for_the_threads(tmp_path: Path) -> None:
    common = Batching(max_batch_size=64, num_batch_threads=3, thread_pool_name="pool")
    assert parameters.of_version(tmp_path, common) is None
    (tmp_path / parameters.PER_MODEL_FILE).write_text("max_batch_size { value: 8 } num_batch_threads { value: 7 }")
    assert parameters.of_version(tmp_path, common) == Batching(8, num_batch_threads=3, thread_pool_name="pool")
    (tmp_path / parameters.PER_MODEL_FILE).write_text("max_batch_size: 8")
    with pytest.raises(SettingsError, match=r"--enable_per_model_batching_parameters: .*batching_params\.pbtxt: not a"):
        parameters.of_version(tmp_path, common)


def test_a_file_needs_the_flag_and_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without setting --enable_batching to true"):
        parameters.from_flags(enabled=False, file=written(tmp_path, ""))
    with pytest.raises(SettingsError, match="No such file"):
        parameters.from_flags(enabled=True, file=str(tmp_path / "none"))
