"""The model servers behind the gateway: one connection each, a deadline on every call, a bound on calls in flight."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message

from aoi_modules.client.base import (
    Prediction,
    VersionStatus,
    is_no_manifest,
    manifest_from,
)
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.channel import open_awaited_channel
from aoi_modules.errors import RpcError, TooSlow, Unreachable
from aoi_modules.gateway.problems import busy
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, IMAGE, MANIFEST_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.wire.messages import GetModelStatusResponse, PredictResponse

Response = TypeVar("Response", bound=Message)
_MAX_MANIFESTS = 64
"""Manifests kept a model server; the oldest goes first."""


class Deadline:
    """The time given to one inspection, which all its calls share. Made inside the running event loop.

    Args:
        seconds: from now on.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._clock = asyncio.get_running_loop().time
        self._end = self._clock() + seconds

    @property
    def left(self) -> float:
        """Seconds; negative when it has passed."""
        return self._end - self._clock()


class Upstream:
    """One model server.

    Made inside the running event loop. gRPC itself tries to reach a lost server again, so calls fail at once while
    it is away and succeed again right after it is back.

    Args:
        address: `HOST:PORT`.
        max_in_flight: inspections there at a time.
    """

    def __init__(self, address: str, max_in_flight: int) -> None:
        self.address = address
        self._max_in_flight = max_in_flight
        self._in_flight = 0
        self._manifests: dict[tuple[str, int], Manifest | None] = {}
        self._channel = open_awaited_channel(address)
        self._predict = self._method(calls.PREDICT, PredictResponse)
        self._status = self._method(calls.STATUS, GetModelStatusResponse)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Holds one of the places for inspections.

        Raises:
            Problem: all are taken.
        """
        if self._in_flight >= self._max_in_flight:
            raise busy(self._max_in_flight)
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    async def ask(
        self, model: str, version: int | None, picture: bytes, seconds: float
    ) -> tuple[Prediction, Manifest | None]:
        """Asks a model about one encoded picture; the manifest is that of the very version that answered.

        Raises:
            Unreachable, TooSlow, RpcError: no answer within `seconds`, or a refusal.
            StoreError: the model's manifest cannot be read.
            WireError: the answer contradicts itself.
        """
        deadline = Deadline(seconds)
        try:
            return await self._ask_once(model, version, picture, deadline)
        except RpcError as error:
            if error.code != "NOT_FOUND" or version is not None:
                raise
            # The version that answered was unloaded before its manifest was read: the next one answers now.
            return await self._ask_once(model, version, picture, deadline)

    async def manifest(self, model: str, version: int, seconds: float) -> Manifest | None:
        """The manifest of a version, read once and kept: versions never change. None if it carries none.

        Raises:
            Unreachable, TooSlow, RpcError, StoreError: see `ask`.
        """
        return await self._manifest(model, version, Deadline(seconds))

    async def statuses(self, model: str, version: int | None, seconds: float) -> list[VersionStatus]:
        """The versions that the server knows of a model, newest first."""
        request = calls.status_request(model, version)
        return calls.version_statuses(await self._call(self._status, request, Deadline(seconds)))

    async def close(self) -> None:
        await self._channel.close()

    async def _ask_once(
        self, model: str, version: int | None, picture: bytes, deadline: Deadline
    ) -> tuple[Prediction, Manifest | None]:
        request = calls.predict_request(model, version, {IMAGE: [picture]}, DEFAULT_SIGNATURE)
        prediction = calls.prediction(await self._call(self._predict, request, deadline))
        answered = prediction.version or version
        manifest = None if answered is None else await self._manifest(model, answered, deadline)
        return prediction, manifest

    async def _manifest(self, model: str, version: int, deadline: Deadline) -> Manifest | None:
        key = (model, version)
        if key not in self._manifests:
            found = await self._read_manifest(model, version, deadline)
            while len(self._manifests) >= _MAX_MANIFESTS:
                del self._manifests[next(iter(self._manifests))]
            self._manifests[key] = found
        return self._manifests[key]

    async def _read_manifest(self, model: str, version: int, deadline: Deadline) -> Manifest | None:
        request = calls.predict_request(model, version, {}, MANIFEST_SIGNATURE)
        try:
            answer = await self._call(self._predict, request, deadline)
        except RpcError as error:
            if is_no_manifest(error):
                return None
            raise
        return manifest_from(calls.prediction(answer).scores, f"model {model} version {version} at {self.address}")

    def _method(self, name: str, response: type[Response]) -> Callable[..., Any]:
        method: Callable[..., Any] = self._channel.unary_unary(
            name, request_serializer=calls.serialize, response_deserializer=response.FromString
        )
        return method

    async def _call(self, method: Callable[..., Any], request: Message, deadline: Deadline) -> Any:
        left = deadline.left
        if left <= 0:
            raise TooSlow(f"the model server at {self.address} used up its time", hint="allow more time in the routes")
        try:
            return await method(request, timeout=left)
        except grpc.RpcError as error:
            mapped = calls.rpc_error(error, self.address, deadline.seconds)
            if isinstance(mapped, Unreachable):
                self._manifests.clear()  # what comes back may be another server with other models
            raise mapped from None


class Upstreams:
    """All model servers, by address. Made inside the running event loop."""

    def __init__(self, addresses: Iterable[str], max_in_flight: int) -> None:
        self._by_address = {address: Upstream(address, max_in_flight) for address in sorted(set(addresses))}

    def __getitem__(self, address: str) -> Upstream:
        return self._by_address[address]

    async def close(self) -> None:
        """Ends all connections."""
        for upstream in self._by_address.values():
            await upstream.close()
