"""The body of a REST request: read and inflated within limits, because one small gzip body can hold gigabytes."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from aoi_modules.errors import RpcError, WireError
from aoi_modules.serving.doors.ports import PATIENCE_SECONDS
from aoi_modules.wire.status import invalid

MAX_BYTES = 100 << 20
"""Of a body, as sent and as inflated."""
BODY_SECONDS = 300.0
"""How long a whole body may take."""
_GZIP = 16 + zlib.MAX_WBITS

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class TooLarge(WireError):
    """A body of more bytes than the server takes."""

    def __init__(self) -> None:
        super().__init__(f"Request body is larger than {MAX_BYTES} bytes")


class ClientGone(WireError):
    """The client left before its request was complete."""


class TooSlowSender(WireError):
    """The rest of a body did not come in time."""

    def __init__(self) -> None:
        super().__init__(
            f"Request body did not arrive: nothing for {PATIENCE_SECONDS:g} s, or not all in {BODY_SECONDS:g} s"
        )


async def read(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """Reads a body as it was sent; no pause in it may be longer than PATIENCE_SECONDS.

    Raises:
        TooLarge: it has more than MAX_BYTES.
        TooSlowSender: it takes too long.
        ClientGone: it will never be complete.
    """
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        raise TooLarge
    end = asyncio.get_running_loop().time() + BODY_SECONDS
    try:
        async with asyncio.timeout(PATIENCE_SECONDS) as patience:
            return await _chunks(receive, patience, end)
    except TimeoutError:
        raise TooSlowSender from None


async def _chunks(receive: Receive, patience: asyncio.Timeout, end: float) -> bytes:
    """The chunks, one after the other; each gets new patience, up to the end of the time for all of them."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone("the client left before its request was complete")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BYTES:
            raise TooLarge
        if not message.get("more_body", False):
            return b"".join(chunks)
        patience.reschedule(min(end, asyncio.get_running_loop().time() + PATIENCE_SECONDS))


def inflated(body: bytes, headers: Mapping[bytes, bytes]) -> bytes:
    """Gives the body as it was meant: inflated if its headers say gzip. An empty body stays empty.

    Raises:
        TooLarge: inflated it has more than MAX_BYTES.
        RpcError: INVALID_ARGUMENT, it is no gzip.
    """
    if not body or b"gzip" not in headers.get(b"content-encoding", b"").lower():
        return body
    inflater = zlib.decompressobj(_GZIP)
    try:
        text = inflater.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise _no_gzip(str(error)) from None
    if inflater.unconsumed_tail:
        raise TooLarge
    if not inflater.eof:
        raise _no_gzip("it ends too early")
    return text


def _no_gzip(reason: str) -> RpcError:
    """What is no gzip counts as an empty document, as in the original; the reason is ours."""
    return invalid(f"JSON Parse error: The document is empty: Failed to inflate the gzip request body: {reason}")
