"""Connections by gRPC, to be called or awaited: what all of ours have in common."""

from typing import Any

import grpc
import grpc.aio

from aoi_modules.client.tls import Tls

OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),  # gRPC's 4 MiB would refuse heat maps and large batches
    ("grpc.enable_http_proxy", 0),  # a proxy meant for the web breaks calls inside the plant
    # Two clients of one server would else share a connection, and wait together after one of them failed to connect.
    ("grpc.use_local_subchannel_pool", 1),
    # A server that comes back is met within a second, not after gRPC's two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # So long may the opening of a connection take, whatever the name says.
    ("grpc.min_reconnect_backoff_ms", 5000),
]


def open_channel(address: str, tls: Tls | None = None) -> grpc.Channel:
    """A connection to `HOST:PORT` or `unix:PATH`. It is made with the first call, and again when it broke."""
    channel: grpc.Channel = _opened(grpc, address, tls)
    return channel


def open_awaited_channel(address: str, tls: Tls | None = None) -> grpc.aio.Channel:
    """As `open_channel`, for the event loop in which it is called."""
    channel: grpc.aio.Channel = _opened(grpc.aio, address, tls)
    return channel


def _opened(library: Any, address: str, tls: Tls | None) -> Any:
    if tls is None:
        return library.insecure_channel(address, options=OPTIONS)
    return library.secure_channel(address, tls.grpc_credentials(), options=[*OPTIONS, *tls.grpc_options()])
