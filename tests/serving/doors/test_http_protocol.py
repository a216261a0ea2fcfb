"""Connections that send too little or too much, on a real uvicorn."""

import asyncio
import socket
from collections.abc import MutableMapping
from typing import Any

import pytest
import uvicorn

from aoi_modules.serving.doors import http_protocol
from aoi_modules.serving.doors.http_protocol import PatientProtocol

ANSWER = b"HTTP/1.1 200 OK\r\n"


async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def exchange(*parts: bytes, pause: float = 0.0) -> bytes:
    """What a server answers until it closes the connection, or has been silent for a second."""
    config = uvicorn.Config(application, http=PatientProtocol, lifespan="off", log_config=None, ws="none")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    heard = b""
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause)
        while chunk := await asyncio.wait_for(reader.read(1 << 16), 1):
            heard += chunk
    except TimeoutError:
        heard += b"(silence)"
    finally:
        writer.close()
        server.should_exit = True
        await serving
    return heard


def test_a_request_in_parts_is_answered_and_the_connection_kept() -> None:
    heard = asyncio.run(exchange(b"GET / HTTP/1.1\r\nHost", b": a\r\n\r\n", b"GET /b HTTP/1.1\r\n\r\n", pause=0.05))
    assert heard.count(ANSWER) == 2
    assert heard.endswith(b"(silence)")


@pytest.mark.parametrize("parts", [(), (b"GET / HTTP/1.1\r\nX: ",), (b"GET / HTTP/1.1\r\n\r\n", b"GET /again HT")])
def test_a_head_that_does_not_come_closes_the_connection(
    monkeypatch: pytest.MonkeyPatch, parts: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(http_protocol, "PATIENCE_SECONDS", 0.2)
    heard = asyncio.run(exchange(*parts, pause=0.02))
    assert not heard.endswith(b"(silence)")
    assert heard.count(ANSWER) == len(parts) // 2


def test_a_head_without_end_is_refused() -> None:
    head = b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 8192) for i in range(8))
    heard = asyncio.run(exchange(head))
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert b"too large" in heard
