"""An awaited client of a model server by gRPC."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import Message

from aoi_modules.client.async_base import AsyncPredictClient
from aoi_modules.client.base import Inputs, Prediction, Signature, VersionStatus
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.channel import open_awaited_channel
from aoi_modules.client.retries import RETRIES, Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.wire.messages import GetModelMetadataResponse, GetModelStatusResponse, PredictResponse


class AsyncGrpcClient(AsyncPredictClient):
    """Asks one model by gRPC, over one connection that is kept; any number of calls may be under way.

    Made inside the running event loop. Arguments: see `GrpcClient`.
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
        self._channel = open_awaited_channel(address, tls)
        self._predict = self._method(calls.PREDICT, PredictResponse)
        self._status = self._method(calls.STATUS, GetModelStatusResponse)
        self._metadata = self._method(calls.METADATA, GetModelMetadataResponse)

    @property
    def address(self) -> str:
        return self._address

    async def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        request = calls.predict_request(self.model, self.version, inputs, signature, self.label)
        return calls.prediction(await self._call(self._predict, request))

    async def status(self) -> list[VersionStatus]:
        request = calls.status_request(self.model, self.version, self.label)
        return calls.version_statuses(await self._call(self._status, request))

    async def metadata(self) -> dict[str, Signature]:
        request = calls.metadata_request(self.model, self.version, self.label)
        return calls.signatures(await self._call(self._metadata, request))

    async def close(self) -> None:
        self.closed = True
        await self._channel.close()

    def _method(self, name: str, response: type[Message]) -> Callable[..., Any]:
        method: Callable[..., Any] = self._channel.unary_unary(
            name, request_serializer=calls.serialize, response_deserializer=response.FromString
        )
        return method

    async def _call(self, method: Callable[..., Any], request: Message) -> Any:
        self._require_open()
        attempts = Attempts(self.timeout, self.retries)
        while True:
            try:
                return await method(request, timeout=attempts.seconds_left())
            except grpc.RpcError as error:
                pause = attempts.pause() if calls.not_connected(error) else None
                if pause is None:
                    raise calls.rpc_error(error, self._address, self.timeout) from None
                await asyncio.sleep(pause)
