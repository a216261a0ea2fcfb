"""Channels of gRPC, to be called or awaited: all that our clients and the gateway ask goes through one of these."""

import json
from typing import Any

import grpc
import grpc.aio

from aoi_modules.client.retries import LOST_SECONDS
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
    # Calls go round all addresses of a name. By gRPC's own choice the first that answers would get every one.
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    # A name is asked for again when a connection ends, as in gRPC itself, but after a second and not after 30.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    # A machine that lost its power says nothing. What was sent there and not received within this time ends the
    # connection (Linux' TCP_USER_TIMEOUT). Without it calls would go there until the system gives up, after 15 minutes.
    ("grpc.keepalive_timeout_ms", int(LOST_SECONDS * 1000)),
    # gRPC sets that for connections with pings only. One a minute is few enough for every server.
    ("grpc.keepalive_time_ms", 60_000),
]


def open_channel(address: str, tls: Tls | None = None) -> grpc.Channel:
    """Makes a channel to be called; it connects with its first call, to all addresses of the server's name."""
    channel: grpc.Channel = _opened(grpc, address, tls)
    return channel


def open_async_channel(address: str, tls: Tls | None = None) -> grpc.aio.Channel:
    """As `open_channel`, to be awaited in the running event loop."""
    channel: grpc.aio.Channel = _opened(grpc.aio, address, tls)
    return channel


def _opened(library: Any, address: str, tls: Tls | None) -> Any:
    if tls is None:
        return library.insecure_channel(address, options=OPTIONS)
    return library.secure_channel(address, tls.grpc_credentials(), options=[*OPTIONS, *tls.grpc_options()])
