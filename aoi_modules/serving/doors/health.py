"""The standard health service, `grpc.health.v1.Health`, by --enable_grpc_healthcheck_service.

Its two messages have one field each, so the well-known wrapper messages read and write them.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

SERVICE = "grpc.health.v1.Health"
NAMES = ("", "ModelService", "PredictionService")
"""What a probe may ask for; "" is the whole server."""
SERVING, NOT_SERVING, SERVICE_UNKNOWN = 1, 2, 3


class Health:
    """Whether the server takes requests. Lives on one event loop."""

    def __init__(self) -> None:
        self._status = SERVING
        self._changed = asyncio.Event()

    def stop_serving(self) -> None:
        """Tells probes from now on that no new requests are wanted."""
        self._status = NOT_SERVING
        self._changed.set()

    def add_to(self, server: grpc.aio.Server) -> None:
        """Registers the service."""
        methods: dict[str, Any] = {
            "Check": grpc.unary_unary_rpc_method_handler(self._check),
            "Watch": grpc.unary_stream_rpc_method_handler(self._watch),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))

    async def _check(self, body: bytes, context: "grpc.aio.ServicerContext[Any, Any]") -> bytes:
        if _name(body) not in NAMES:
            return await context.abort(grpc.StatusCode.NOT_FOUND, "")
        return _answer(self._status)

    async def _watch(self, body: bytes, context: "grpc.aio.ServicerContext[Any, Any]") -> AsyncIterator[bytes]:
        """The status now, and each that follows; for unknown names, too, as the standard asks."""
        known = _name(body) in NAMES
        yield _answer(self._status if known else SERVICE_UNKNOWN)
        await self._changed.wait()
        if known:
            yield _answer(self._status)


def _name(body: bytes) -> str | None:
    try:
        return StringValue.FromString(body).value
    except DecodeError:
        return None


def _answer(status: int) -> bytes:
    return Int32Value(value=status).SerializeToString()
