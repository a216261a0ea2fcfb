"""Requests say what was asked, and answers are read as they were meant."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.client.replies import TensorSpec, VersionStatus
from aoi_modules.errors import WireError
from aoi_modules.wire.messages import (
    GetModelMetadataResponse,
    GetModelStatusResponse,
    ModelSpec,
    ModelVersionStatus,
    PredictResponse,
    SignatureDefMap,
    StatusProto,
)
from aoi_modules.wire.tensors import Array, to_array, to_tensor

ADDRESS = "127.0.0.1:8500"


def spec_of(endpoint: Endpoint, signature: str = "") -> tuple[str, int, str, str]:
    spec = calls.model_spec(endpoint, signature)
    return spec.name, spec.version.value, spec.version_label, spec.signature_name


def test_a_request_names_model_version_label_and_signature() -> None:
    assert spec_of(Endpoint(ADDRESS, "tile")) == ("tile", 0, "", "")
    assert spec_of(Endpoint(ADDRESS, "tile", version=3), "pixels") == ("tile", 3, "", "pixels")
    assert spec_of(Endpoint(ADDRESS, "tile", label="stable")) == ("tile", 0, "stable", "")
    assert calls.status_request(Endpoint(ADDRESS, "tile", version=3)).model_spec.version.value == 3
    metadata = calls.metadata_request(Endpoint(ADDRESS, "tile", version=3))
    assert (metadata.model_spec.version.value, list(metadata.metadata_field)) == (3, ["signature_def"])


@given(arrays.arrays(st.sampled_from(["float32", "int64", "uint8", "bool"]), arrays.array_shapes(max_dims=3)))
def test_inputs_arrive_as_they_were_sent(array: Array) -> None:
    request = calls.predict_request(Endpoint(ADDRESS, "tile"), {"x": array, "image": [b"one"]}, "serving_default")
    sent = calls.PREDICT.response.FromString(calls.serialize(PredictResponse(outputs=dict(request.inputs))))
    assert np.array_equal(to_array(sent.outputs["x"]), array, equal_nan=array.dtype.kind == "f")
    assert to_array(sent.outputs["image"]).tolist() == [b"one"]


def test_an_input_that_is_no_array_is_not_sent() -> None:
    with pytest.raises(WireError, match="input image: expected an array"):
        calls.predict_request(Endpoint(ADDRESS, "tile"), {"image": b"one"}, "")  # type: ignore[dict-item]


def test_scores_with_the_version_that_answered() -> None:
    response = PredictResponse(model_spec=ModelSpec(name="tile"))
    response.model_spec.version.value = 7
    response.outputs["defect"].CopyFrom(to_tensor(np.array([[0.5]], np.float64)))
    response.outputs["count"].CopyFrom(to_tensor(np.array([3], np.int32)))
    prediction = calls.prediction(response)
    assert (prediction.model, prediction.version) == ("tile", 7)
    assert prediction.scores["defect"].dtype == np.float32
    assert prediction.scores["count"].dtype == np.int32


def test_versions_come_newest_first_and_unknown_numbers_have_a_name() -> None:
    response = GetModelStatusResponse(
        model_version_status=[
            ModelVersionStatus(version=1, state=30, status=StatusProto()),
            ModelVersionStatus(version=2, state=50, status=StatusProto(error_code=13, error_message="broken")),
        ]
    )
    assert calls.version_statuses(response) == [
        VersionStatus(2, "END", "INTERNAL", "broken"),
        VersionStatus(1, "AVAILABLE", "OK", ""),
    ]
    assert calls.code_name(5) == "NOT_FOUND"
    assert calls.code_name(99) == "UNKNOWN"


def test_signatures_with_sizes_that_are_free() -> None:
    signature_map = SignatureDefMap()
    entry = signature_map.signature_def["serving_default"]
    entry.inputs["image"].dtype = 7
    entry.inputs["image"].tensor_shape.dim.add(size=-1)
    entry.outputs["any"].dtype = 1
    entry.outputs["any"].tensor_shape.unknown_rank = True
    response = GetModelMetadataResponse()
    response.metadata["signature_def"].Pack(signature_map)
    found = calls.signatures(response)["serving_default"]
    assert found.inputs == {"image": TensorSpec("string", (None,))}
    assert found.outputs == {"any": TensorSpec("float", None)}


def test_metadata_that_is_none() -> None:
    response = GetModelMetadataResponse()
    response.metadata["signature_def"].value = b"\xff"
    with pytest.raises(WireError, match="expected a map of signatures"):
        calls.signatures(response)
