"""Requests become pictures, and outputs an answer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.calls import predict_request
from aoi_modules.client.replies import Prediction
from aoi_modules.errors import BadParameter, RpcError
from aoi_modules.gateway.doors.grpc_messages import (
    MOST_PICTURES,
    asks_manifest,
    check_version,
    response_of,
    shots_of,
    spec_for,
)
from aoi_modules.gateway.routes import Route
from aoi_modules.gateway.shots import FrameSize, Shot
from aoi_modules.wire.messages import ModelSpec, PredictRequest
from aoi_modules.wire.tensors import to_array

TILE = Endpoint("any:1", "tile")


def asking(inputs: Mapping[str, Any], signature: str = "serving_default") -> PredictRequest:
    return predict_request(TILE, inputs, signature)


def test_encoded_pictures_and_their_features() -> None:
    assert shots_of(asking({"image": [b"a", b"b"]}), 9) == [Shot(b"a"), Shot(b"b")]
    both = asking({"image": [b"a", b"b"], "features": np.array([[1, 2.5], [3, 4]], np.float32)}, "")
    assert shots_of(both, 9) == [Shot(b"a", None, (1.0, 2.5)), Shot(b"b", None, (3.0, 4.0))]


@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 3]))
def test_raw_frames(count: int, height: int, width: int, channels: int) -> None:
    pixels = np.arange(count * height * width * channels, dtype=np.uint8).reshape(count, height, width, channels)
    shots = shots_of(asking({"image": pixels}, "pixels"), 9)
    assert [shot.frame for shot in shots] == [FrameSize(width, height, channels)] * count
    assert (np.array([shot.pixels() for shot in shots]) == pixels).all()


@pytest.mark.parametrize(
    ("inputs", "signature", "told"),
    [
        ({}, "", "image: expected one picture or more. Received: 'none'"),
        ({"image": np.array([], object)}, "", "image: expected one picture or more"),
        ({"image": np.array(b"a", object)}, "", "image: expected one picture or more"),
        ({"image": [b"a", b""]}, "", "image: .* Received: 'an empty string'"),
        ({"image": np.zeros((1, 2), np.float32)}, "", "string .N,.. Received: 'float32 .1, 2.'"),
        ({"image": [b"a"] * 10}, "", "image: expected at most 9 pictures. Received: '10'"),
        ({"image": [b"a"]}, "pixels", "image: expected uint8 .N, h, w, C."),
        ({"image": np.zeros((1, 2, 2, 2), np.uint8)}, "pixels", "image: expected uint8"),
        ({"image": np.zeros((1, 0, 2, 3), np.uint8)}, "pixels", "image: expected uint8"),
        ({"image": np.zeros((1, 2, 2, 3), np.float32)}, "pixels", "image: expected uint8"),
        ({"image": [b"a"], "area": np.zeros(1)}, "", "area: expected the inputs image and features"),
        ({"image": [b"a"], "features": np.zeros((2, 3))}, "", "features: expected numbers .1, F."),
        ({"image": [b"a"], "features": [b"3"]}, "", "features: expected numbers .1, F."),
        ({"image": [b"a"], "features": np.array([[np.nan]])}, "", "features 0: expected a finite number"),
        ({"image": [b"a"]}, "regress", "signature_name: expected serving_default, pixels or manifest"),
    ],
)
def test_inputs_that_make_no_sense(inputs: Mapping[str, Any], signature: str, told: str) -> None:
    with pytest.raises(BadParameter, match=told):
        shots_of(asking(inputs, signature), 9)


def test_a_tensor_that_contradicts_itself() -> None:
    request = asking({"image": [b"a"]})
    request.inputs["image"].tensor_shape.dim[0].size = -3
    with pytest.raises(RpcError, match="tensor parsing error: image") as caught:
        shots_of(request, 9)
    assert caught.value.code == "INVALID_ARGUMENT"


def test_ids_and_verdicts_of_all_pictures_fit_into_metadata() -> None:
    with pytest.raises(BadParameter, match=f"at most {MOST_PICTURES} pictures"):
        shots_of(asking({"image": [b"a"] * (MOST_PICTURES + 1)}), 10**6)


def prediction(version: int | None, **outputs: Any) -> Prediction:
    return Prediction({}, "net", version, {name: np.array(value) for name, value in outputs.items()})


def test_outputs_are_the_models_own() -> None:
    request = asking({"image": [b"a", b"b"]}, "")
    rows = [prediction(3, defect=[[0.25]], name=[b"x"]), prediction(3, defect=[[0.5]], name=[b"y"])]
    response = response_of(request, rows)
    assert (response.model_spec.name, response.model_spec.version.value) == ("tile", 3)
    assert response.model_spec.signature_name == "serving_default"
    assert list(response.outputs["defect"].double_val) == [0.25, 0.5], "in its own dtype, in fields"
    assert to_array(response.outputs["name"]).tolist() == [b"x", b"y"]
    request.output_filter.append("defect")
    assert list(response_of(request, rows).outputs) == ["defect"]
    request.output_filter.append("scratch")
    with pytest.raises(BadParameter, match=r"output_filter: expected outputs of: defect, name\. Received: 'scratch'"):
        response_of(request, rows)


def test_an_output_without_rows_stands_for_one_picture_alone() -> None:
    one = prediction(None, total=3.0)
    response = response_of(asking({}), [one])
    assert to_array(response.outputs["total"]) == 3
    assert not response.model_spec.HasField("version")
    with pytest.raises(RpcError, match="output total has no row for each picture"):
        response_of(asking({}), [one, one])


def test_rows_of_two_versions_stand_together_and_name_none() -> None:
    rows = [prediction(3, defect=[[0.25]]), prediction(4, defect=[[0.5]])]
    response = response_of(asking({}), rows)
    assert list(response.outputs["defect"].double_val) == [0.25, 0.5]
    assert not response.model_spec.HasField("version")


def test_versions_with_other_outputs_are_not_mixed() -> None:
    with pytest.raises(RpcError, match=r"versions 3, 4 answered .* outputs differ; ask again") as caught:
        response_of(asking({}), [prediction(3, defect=[[0.25]]), prediction(4, crack=[[0.5]])])
    assert caught.value.code == "ABORTED"


@pytest.mark.parametrize("other", [[[0.5, 0.5]], [[b"yes"]]])
@pytest.mark.parametrize("version", [3, 4])
def test_rows_of_another_form_are_asked_for_one_by_one(version: int, other: Any) -> None:
    with pytest.raises(RpcError, match="no row for each picture; ask about one picture at a time"):
        response_of(asking({}), [prediction(3, defect=[[0.25]]), prediction(version, defect=other)])


def test_the_routes_choose_the_version() -> None:
    free, pinned = Route(model="net", upstream="any:1"), Route(model="net", upstream="any:1", version=3)
    labelled = Route(model="net", upstream="any:1", label="stable")
    asked, by_label = ModelSpec(name="tile"), ModelSpec(name="tile", version_label="stable")
    for route in (free, pinned, labelled):
        check_version(asked, route)
    check_version(by_label, labelled)
    asked.version.value = 3
    check_version(asked, pinned)
    with pytest.raises(BadParameter, match=r"none, as the routes choose it\. Received: '3'"):
        check_version(asked, free)
    with pytest.raises(BadParameter, match=r"none, or 3 as in the routes\. Received: 'stable'"):
        check_version(by_label, pinned)
    assert (spec_for(free, asked).name, spec_for(free, asked).version.value) == ("net", 3)
    assert spec_for(pinned, by_label).version.value == 3
    assert spec_for(labelled, asked).version_label == "stable"


def test_what_asks_for_the_manifest() -> None:
    assert asks_manifest(asking({}, "manifest"))
    assert not asks_manifest(asking({"image": [b"a"]}))
