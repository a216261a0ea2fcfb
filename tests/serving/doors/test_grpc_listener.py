"""The gRPC port and socket, with the health service behind them."""

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import Int32Value

from aoi_modules.errors import AoiError
from aoi_modules.serving.doors.grpc_listener import OPTIONS, GrpcDoor, grpc_server
from aoi_modules.serving.doors.health import SERVICE, SERVING, Health
from aoi_modules.serving.doors.held_answers import HeldAnswers
from aoi_modules.serving.flags import ANY_PORT, Flags

FLAGS = Flags(host="127.0.0.1", port=ANY_PORT)


def served(flags: Flags) -> grpc.aio.Server:
    server = grpc_server(flags)
    Health().add_to(server)
    return server


async def opened(flags: Flags) -> GrpcDoor:
    return await GrpcDoor.open(flags, lambda: served(flags), HeldAnswers())


async def answers(address: str) -> int:
    """The status that the health service tells there."""
    async with grpc.aio.insecure_channel(address) as channel:
        check: Any = channel.unary_unary(f"/{SERVICE}/Check")
        return Int32Value.FromString(await check(b"", timeout=30)).value


def test_port_and_socket(tmp_path: Path) -> None:
    async def main() -> None:
        socket = tmp_path / "s"
        door = await opened(Flags(host="127.0.0.1", port=ANY_PORT, grpc_socket_path=str(socket)))
        assert await answers(f"127.0.0.1:{door.port}") == SERVING
        assert await answers(f"unix:{socket}") == SERVING
        await door.close()
        with pytest.raises(grpc.RpcError):
            await answers(f"127.0.0.1:{door.port}")

    asyncio.run(main())


def test_a_socket_alone_has_no_port(tmp_path: Path) -> None:
    async def main() -> None:
        door = await opened(Flags(port=0, grpc_socket_path=str(tmp_path / "s")))
        assert door.port is None
        await door.close()

    asyncio.run(main())


def test_a_port_that_is_taken() -> None:
    async def main() -> None:
        door = await opened(FLAGS)
        with pytest.raises(AoiError, match=f"--port: cannot listen on port {door.port} of 127.0.0.1: "):
            await opened(Flags(host="127.0.0.1", port=door.port or 0))
        await door.close()

    asyncio.run(main())


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One frame of HTTP/2."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def call_of(path: bytes) -> bytes:
    """A gRPC call as bytes; a client of grpcio would refuse a path that is not UTF-8."""

    def text(value: bytes) -> bytes:
        return bytes([len(value)]) + value

    headers = (
        b"\x83\x86"  # :method POST, :scheme http
        + b"\x04" + text(path)
        + b"\x01" + text(b"a")  # :authority
        + b"\x0f\x10" + text(b"application/grpc")  # content-type
        + b"\x00" + text(b"te") + text(b"trailers")
    )  # fmt: skip
    settings, end_of_headers, end_of_stream = 4, 0x4, 0x1
    return (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + frame(settings, 0, 0, b"")
        + frame(1, end_of_headers, 1, headers)
        + frame(0, end_of_stream, 1, b"\0" * 5)
    )


def test_it_opens_again_at_its_port_when_a_client_ends_grpcs_own_loop(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        door = await opened(FLAGS)
        port = door.port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(call_of(b"/a/\xff"))
        while "its port is opened again" not in caplog.text:
            await asyncio.sleep(0.01)
        writer.close()
        while True:
            try:
                assert await answers(f"127.0.0.1:{port}") == SERVING
                break
            except grpc.RpcError:
                await asyncio.sleep(0.05)
        assert door.port == port
        await door.close()

    asyncio.run(asyncio.wait_for(main(), 60))


def test_the_flags_win_over_our_options() -> None:
    async def main() -> None:
        flags = Flags(host="127.0.0.1", port=ANY_PORT, grpc_channel_arguments="grpc.max_receive_message_length=4")
        door = await opened(flags)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{door.port}") as channel:
            check: Any = channel.unary_unary(f"/{SERVICE}/Check")
            with pytest.raises(grpc.RpcError, match=r"RESOURCE_EXHAUSTED"):
                await check(b"\x0a\x0cModelService", timeout=30)
        await door.close()

    assert OPTIONS["grpc.max_receive_message_length"] == (1 << 31) - 1
    asyncio.run(main())
