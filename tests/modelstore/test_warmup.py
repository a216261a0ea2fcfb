from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import WireError
from aoi_modules.modelstore import layout, warmup
from aoi_modules.modelstore.golden import Golden
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import read_records, write_records
from aoi_modules.wire.tensors import to_tensor

FEATURES = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
TRUTH = Golden((b"one", b"two\0", b"three"), {"a": np.ones((3, 1), np.float32)}, FEATURES)


def put(folder: Path, *records: bytes) -> Path:
    (folder / layout.WARMUP_FILE).parent.mkdir(exist_ok=True)
    write_records(folder / layout.WARMUP_FILE, records)
    return folder


def test_one_request_has_one_sample_and_another_has_all(tmp_path: Path) -> None:
    warmup.write(tmp_path, "house", TRUTH)
    found = list(warmup.predictions(tmp_path))
    assert [signature for signature, _ in found] == ["serving_default"] * 2
    for (_, inputs), count in zip(found, (1, 3), strict=True):
        assert inputs["image"].tolist() == list(TRUTH.pictures[:count])
        assert np.array_equal(inputs["features"], FEATURES[:count])


def test_a_server_hears_which_model_it_is(tmp_path: Path) -> None:
    warmup.write(tmp_path, "house", TRUTH)
    logs = [PredictionLog.FromString(record) for record in read_records(tmp_path / layout.WARMUP_FILE)]
    assert {log.predict_log.request.model_spec.name for log in logs} == {"house"}


def test_without_features_there_is_a_picture_only(tmp_path: Path) -> None:
    warmup.write(tmp_path, "tile", Golden(TRUTH.pictures, TRUTH.scores))
    assert all(inputs.keys() == {"image"} for _, inputs in warmup.predictions(tmp_path))


def test_a_folder_without_requests(tmp_path: Path) -> None:
    assert list(warmup.predictions(tmp_path)) == []


def test_requests_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    other, asked = PredictionLog(), PredictionLog()
    other.classify_log.request.model_spec.name = "half"
    asked.predict_log.request.model_spec.signature_name = "pixels"
    asked.predict_log.request.inputs["x"].CopyFrom(to_tensor(np.ones(2, np.float32)))
    put(tmp_path, other.SerializeToString(), asked.SerializeToString())
    ((signature, inputs),) = warmup.predictions(tmp_path)
    assert (signature, inputs["x"].tolist()) == ("pixels", [1.0, 1.0])


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    with pytest.raises(WireError, match=r"tf_serving_warmup_requests: request 0 is damaged"):
        list(warmup.predictions(put(tmp_path, b"\xff\xff\xff")))
    file = tmp_path / layout.WARMUP_FILE
    file.write_bytes(file.read_bytes()[:-2])
    with pytest.raises(WireError, match="record damaged"):
        list(warmup.predictions(tmp_path))
