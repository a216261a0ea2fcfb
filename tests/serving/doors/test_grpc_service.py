"""What belongs to gRPC alone."""

from typing import Any

import grpc
import pytest

from aoi_modules.serving.doors import grpc_service
from tests.serving.calls import PREDICT, predict, predict_request


def raw_error(channel: grpc.Channel, method: str, body: bytes) -> Any:
    """The error that bytes are answered with."""
    call: Any = channel.unary_unary(f"/{method}")
    with pytest.raises(grpc.RpcError) as caught:
        call(body, timeout=30)
    return caught.value


@pytest.mark.parametrize(
    "method",
    [
        "tensorflow.serving.PredictionService/PredictStreamed",
        "tensorflow.serving.SessionService/SessionRun",
    ],
)
def test_other_methods_are_unimplemented(channel: grpc.Channel, method: str) -> None:
    assert raw_error(channel, method, b"").code() is grpc.StatusCode.UNIMPLEMENTED


def test_long_error_texts_are_cut(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        predict(channel, predict_request("m" * 5000))
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.NOT_FOUND
    assert len(error.details()) == grpc_service.MAX_TEXT + len("...TRUNCATED")


def test_bytes_that_are_no_message(channel: grpc.Channel) -> None:
    error = raw_error(channel, PREDICT, b"\xff\xff\xff")
    assert error.code() is grpc.StatusCode.INTERNAL
    assert "Unable to parse the request" in error.details()
