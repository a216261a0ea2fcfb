"""A relay between a gRPC client and its server: it passes each call on as bytes, keeps it, and can go away."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc

from aoi_modules.closing import Closing

SECONDS = 30.0
"""How long a call without a deadline may take at the server behind the relay."""
DAY = 86_400.0
GRACE_SECONDS = 0.2
"""With none at all, gRPC's library writes a line about each connection into the reader's notebook."""
_OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.enable_http_proxy", 0),
    ("grpc.so_reuseport", 0),  # the port of a relay that went away is nobody's, until it comes back
]


@dataclass(frozen=True)
class GrpcCall:
    """One call that went through the relay.

    Args:
        method: its full name, `/tensorflow.serving.PredictionService/Predict`.
        body: the request's message, as bytes.
        seconds_left: until the client's deadline when the call arrived; None if the client set none.
        code: canonical name of what the server answered, `OK`.
        details: the server's words about another code.
    """

    method: str
    body: bytes
    seconds_left: float | None
    code: str
    details: str = ""


class GrpcRelay(Closing):
    """Listens on a free port of this machine, and asks one server; a context manager that stops it.

    Args:
        target: `HOST:PORT` of the server.

    Attributes:
        address: `HOST:PORT` for clients.
        calls: what went through so far, in the order of the answers.
    """

    def __init__(self, target: str) -> None:
        self.calls: list[GrpcCall] = []
        self._channel = grpc.insecure_channel(target, options=_OPTIONS)
        self._server, port = _listening(self, "127.0.0.1:0")
        self.address = f"127.0.0.1:{port}"

    def go_away(self) -> None:
        """Stops listening; calls under way end at once or fail, as with a server that dies."""
        self._server.stop(GRACE_SECONDS).wait()

    def come_back(self) -> None:
        """Listens again, on the same port."""
        self._server, _ = _listening(self, self.address)

    def pass_on(self, method: str, body: bytes, context: grpc.ServicerContext) -> bytes:
        """Asks the server, and keeps the call; refuses it as the server did."""
        left = context.time_remaining()
        seconds = left if left is not None and left < DAY else None  # gRPC says "never" by a very long time
        ask: Callable[..., bytes] = self._channel.unary_unary(method)
        try:
            answer = ask(body, timeout=SECONDS if seconds is None else seconds)
        except grpc.RpcError as error:
            code, details = error.code(), error.details() or ""
            self.calls.append(GrpcCall(method, body, seconds, code.name, details))
            context.abort(code, details)
        self.calls.append(GrpcCall(method, body, seconds, "OK"))
        return answer

    def close(self) -> None:
        """Stops listening."""
        self.go_away()
        self._channel.close()


def _listening(relay: GrpcRelay, address: str) -> tuple[grpc.Server, int]:
    """A started server that answers every method for the relay, and its port."""
    server = grpc.server(ThreadPoolExecutor(8), options=_OPTIONS)
    server.add_generic_rpc_handlers((_AnyMethod(relay),))
    port = server.add_insecure_port(address)
    server.start()
    return server, port


class _AnyMethod(grpc.GenericRpcHandler):
    """Takes calls of every name, and leaves their messages unread."""

    def __init__(self, relay: GrpcRelay) -> None:
        self._relay = relay

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        return grpc.unary_unary_rpc_method_handler(partial(self._relay.pass_on, handler_call_details.method))
