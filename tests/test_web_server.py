"""A socket that listens, and uvicorn as both servers run it."""

import asyncio
import logging
import signal
import socket
import urllib.request
from collections.abc import MutableMapping
from typing import Any

import pytest

from aoi_modules.web_server import WebServer, listening_socket


async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def connects(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=5):
            return True
    except OSError:
        return False


def test_a_host_is_one_address() -> None:
    with listening_socket("127.0.0.1", 0) as listener:
        assert connects(*listener.getsockname())
        assert not connects("127.0.0.2", listener.getsockname()[1])
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_no_host_is_all_interfaces_of_both_ip_versions() -> None:
    with listening_socket("", 0) as listener:
        port = listener.getsockname()[1]
        assert connects("127.0.0.1", port)
        assert connects("::1", port) or not socket.has_dualstack_ipv6()


def test_the_family_decides_for_names_that_have_both() -> None:
    with listening_socket("localhost", 0, socket.AF_INET) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_an_address_that_is_taken_or_of_nobody() -> None:
    with listening_socket("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listening_socket("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(OSError, match=r"not known|No address"):
        listening_socket("no-such-host.invalid", 0)


def test_it_says_when_it_listens_leaves_signals_alone_and_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> tuple[dict[str, str], bytes]:
        listening = asyncio.Event()
        before = signal.getsignal(signal.SIGTERM)
        with listening_socket("127.0.0.1", 0) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            server = WebServer(application, http="httptools", lifespan="off", grace_seconds=5, announce=listening.set)
            serving = asyncio.create_task(server.serve([listener]))
            await asyncio.wait_for(listening.wait(), 30)
            assert signal.getsignal(signal.SIGTERM) is before
            answer = await asyncio.to_thread(fetched, url)
            server.should_exit = True
            await serving
            return answer

    with caplog.at_level(logging.DEBUG, logger="uvicorn.access"):
        headers, body = asyncio.run(main())
    assert body == b"ok"
    assert "server" not in headers
    assert not [record for record in caplog.records if record.name == "uvicorn.access"]


def fetched(url: str) -> tuple[dict[str, str], bytes]:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read()
