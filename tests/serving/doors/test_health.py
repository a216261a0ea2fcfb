"""The standard health service on a real server."""

import threading
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import Int32Value

from aoi_modules.serving.doors import health
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.serving.calls import check


def test_it_is_off_without_the_flag(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        check(channel, "")
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


def test_it_knows_its_services_and_who_watches_hears_that_the_server_stops(models: Path) -> None:
    with (
        EmbeddedServer({"half": models / "half"}, flags=["--enable_grpc_healthcheck_service"]) as server,
        grpc.insecure_channel(server.grpc) as channel,
    ):
        assert [check(channel, name) for name in health.NAMES] == [health.SERVING] * 3
        for unknown in ("Other", "x" * 100):
            with pytest.raises(grpc.RpcError) as caught:
                check(channel, unknown)
            error: Any = caught.value
            assert error.code() is grpc.StatusCode.NOT_FOUND
        method: Any = channel.unary_stream(f"/{health.SERVICE}/Watch")
        statuses: list[int] = []
        first = threading.Event()

        def watch() -> None:
            for answer in method(b"", timeout=30):
                statuses.append(Int32Value.FromString(answer).value)
                first.set()

        thread = threading.Thread(target=watch)
        thread.start()
        assert first.wait(10)
        assert server.stop() == 0
        thread.join(10)
        assert statuses == [health.SERVING, health.NOT_SERVING]
