"""A client of a model server by gRPC."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from aoi_modules.client.base import (
    Inputs,
    PredictClient,
    Prediction,
    Signature,
    VersionStatus,
)
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.channel import open_channel
from aoi_modules.client.retries import RETRIES, Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.wire.messages import GetModelMetadataResponse, GetModelStatusResponse, PredictResponse

Response = TypeVar("Response", bound=Message)


class GrpcClient(PredictClient):
    """Asks one model by gRPC, over one connection that is kept. Numbers travel as raw bytes, of any size.

    Args:
        address: `HOST:PORT`, or `unix:PATH`.
        model: name of the model on its server.
        version: which version to ask; None asks the newest.
        label: asks the version that carries it on the server, instead of one by its number.
        timeout: seconds that a call may take, retries included.
        retries: how often a call is made again that found nobody to connect to.
        tls: for a server that speaks TLS.
    """

    def __init__(
        self,
        address: str,
        model: str,
        *,
        version: int | None = None,
        label: str | None = None,
        timeout: float = 10.0,
        retries: int = RETRIES,
        tls: Tls | None = None,
    ) -> None:
        super().__init__(model, version=version, label=label, timeout=timeout, retries=retries)
        self._address = address
        self._channel = open_channel(address, tls)
        self._predict = self._method(calls.PREDICT, PredictResponse)
        self._status = self._method(calls.STATUS, GetModelStatusResponse)
        self._metadata = self._method(calls.METADATA, GetModelMetadataResponse)

    @property
    def address(self) -> str:
        return self._address

    def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        request = calls.predict_request(self.model, self.version, inputs, signature, self.label)
        return calls.prediction(self._call(self._predict, request))

    def status(self) -> list[VersionStatus]:
        request = calls.status_request(self.model, self.version, self.label)
        return calls.version_statuses(self._call(self._status, request))

    def metadata(self) -> dict[str, Signature]:
        request = calls.metadata_request(self.model, self.version, self.label)
        return calls.signatures(self._call(self._metadata, request))

    def close(self) -> None:
        self.closed = True
        self._channel.close()

    def _method(self, name: str, response: type[Response]) -> Callable[..., Response]:
        method: Callable[..., Response] = self._channel.unary_unary(
            name, request_serializer=calls.serialize, response_deserializer=response.FromString
        )
        return method

    def _call(self, method: Callable[..., Response], request: Any) -> Response:
        self._require_open()
        attempts = Attempts(self.timeout, self.retries)
        while True:
            try:
                return method(request, timeout=attempts.seconds_left())
            except grpc.RpcError as error:
                pause = attempts.pause() if calls.not_connected(error) else None
                if pause is None:
                    raise calls.rpc_error(error, self._address, self.timeout) from None
                time.sleep(pause)
