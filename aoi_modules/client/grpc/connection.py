"""One connection by gRPC, to be called or awaited: it sends, waits, and asks again where that is safe."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import grpc

from aoi_modules.client.grpc.addresses import is_followed
from aoi_modules.client.grpc.calls import Metadata, Method, Request, Response, serialize
from aoi_modules.client.grpc.channels import open_async_channel, open_channel
from aoi_modules.client.grpc.failures import not_connected, rpc_error
from aoi_modules.client.retries import Attempts
from aoi_modules.client.tls import Tls


class Connection:
    """A connection that is kept; safe to share between threads.

    gRPC opens it with the first call, and again after it broke. Where a name has several addresses, as that of a
    headless Service of Kubernetes, it connects to each of them and calls go round those that are connected. When one of
    the connections ends, the name is asked for again: who is new gets a share, who is gone no more. While it leads to
    nobody, a call waits for a few seconds: where pods move, the old ones may go before the new ones are known.

    Args:
        address: of the server or servers; see `addresses.is_address`.
        tls: for a server that speaks TLS.
    """

    def __init__(self, address: str, tls: Tls | None = None) -> None:
        self._address = address
        self._patient = is_followed(address)
        self._channel = open_channel(address, tls)
        self._senders: dict[str, Callable[..., Any]] = {}

    def call(
        self, method: Method[Request, Response], request: Request, attempts: Attempts, metadata: Metadata = ()
    ) -> Response:
        """Sends a request, and metadata beside it, and waits for its answer.

        Raises:
            Unreachable, TooSlow, RpcError: no answer by the deadline, or a refusal.
        """
        send = _sender(self._channel, self._senders, method)
        while True:
            try:
                answer: Response = send(request, timeout=attempts.seconds_left(), metadata=metadata)
            except grpc.RpcError as error:
                time.sleep(_pause_after(error, attempts, self._address, self._patient))
            else:
                return answer

    def close(self) -> None:
        """Ends the connection, and every call that is under way."""
        self._channel.close()


class AsyncConnection:
    """As `Connection`, to be awaited in the event loop in which it was made. Any number of calls may be under way.

    Args:
        address: see `Connection`.
        tls: see `Connection`.
        patient: whether calls wait while a name leads to nobody; else they fail at once.
    """

    def __init__(self, address: str, tls: Tls | None = None, *, patient: bool = True) -> None:
        self._address = address
        self._patient = patient and is_followed(address)
        self._channel = open_async_channel(address, tls)
        self._senders: dict[str, Callable[..., Any]] = {}

    async def call(
        self, method: Method[Request, Response], request: Request, attempts: Attempts, metadata: Metadata = ()
    ) -> Response:
        """Sends a request, and metadata beside it, and awaits its answer; raises what `Connection.call` does."""
        send = _sender(self._channel, self._senders, method)
        while True:
            try:
                answer: Response = await send(request, timeout=attempts.seconds_left(), metadata=metadata)
            except grpc.RpcError as error:
                await asyncio.sleep(_pause_after(error, attempts, self._address, self._patient))
            else:
                return answer

    async def close(self) -> None:
        """Ends the connection, and every call that is under way."""
        await self._channel.close()


def _sender(channel: Any, known: dict[str, Callable[..., Any]], method: Method[Any, Any]) -> Callable[..., Any]:
    """What sends the requests of a method; made with its first request and kept in `known`."""
    if method.name not in known:
        known[method.name] = channel.unary_unary(
            method.name, request_serializer=serialize, response_deserializer=method.response.FromString
        )
    return known[method.name]


def _pause_after(error: grpc.RpcError, attempts: Attempts, address: str, patient: bool) -> float:
    """Seconds to wait before the next attempt.

    Raises:
        RpcError: there is none: the request may have been sent, or the time or the retries are used up.
    """
    pause = None
    if not_connected(error):
        pause = attempts.pause() or (attempts.pause_for_a_move() if patient else None)
    if pause is None:
        raise rpc_error(error, address, attempts.timeout) from None
    return pause
