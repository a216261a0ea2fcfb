"""A client of a model server by gRPC."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from aoi_modules.client import grpc_calls
from aoi_modules.client.base import (
    PICTURES_SIGNATURE,
    RETRY_PAUSES,
    Inputs,
    PredictClient,
    Prediction,
    Signature,
    VersionStatus,
)
from aoi_modules.wire.messages import GetModelMetadataResponse, GetModelStatusResponse, PredictResponse

Response = TypeVar("Response", bound=Message)


class GrpcClient(PredictClient):
    """Asks one model by gRPC, over one connection; safe to share between threads.

    Args:
        address: `HOST:PORT`.
        model: name of the model on its server.
        version: which version to ask; None asks the newest.
        timeout: seconds that a call may take, retries included.
    """

    def __init__(self, address: str, model: str, *, version: int | None = None, timeout: float = 10.0) -> None:
        super().__init__(model, version=version, timeout=timeout)
        self._address = address
        self._channel = grpc.insecure_channel(address, options=grpc_calls.CHANNEL_OPTIONS)
        self._predict = self._method(grpc_calls.PREDICT, PredictResponse)
        self._status = self._method(grpc_calls.STATUS, GetModelStatusResponse)
        self._metadata = self._method(grpc_calls.METADATA, GetModelMetadataResponse)

    @property
    def address(self) -> str:
        return self._address

    def predict(self, inputs: Inputs, signature: str = PICTURES_SIGNATURE) -> Prediction:
        request = grpc_calls.predict_request(self.model, self.version, inputs, signature)
        return grpc_calls.prediction(self._call(self._predict, request))

    def status(self) -> list[VersionStatus]:
        request = grpc_calls.status_request(self.model, self.version)
        return grpc_calls.version_statuses(self._call(self._status, request))

    def metadata(self) -> dict[str, Signature]:
        request = grpc_calls.metadata_request(self.model, self.version)
        return grpc_calls.signatures(self._call(self._metadata, request))

    def close(self) -> None:
        self._channel.close()

    def _method(self, name: str, response: type[Response]) -> Callable[..., Response]:
        method: Callable[..., Response] = self._channel.unary_unary(
            name, request_serializer=grpc_calls.serialize, response_deserializer=response.FromString
        )
        return method

    def _call(self, method: Callable[..., Response], request: Any) -> Response:
        """Calls until the deadline; again only if the request was never sent."""
        end, pauses = time.monotonic() + self.timeout, iter(RETRY_PAUSES)
        while True:
            try:
                return method(request, timeout=max(end - time.monotonic(), 0.001))
            except grpc.RpcError as error:
                pause = next(pauses, None)
                if pause is None or not grpc_calls.not_connected(error) or time.monotonic() + pause > end:
                    raise grpc_calls.rpc_error(error, self._address, self.timeout) from None
                time.sleep(pause)
