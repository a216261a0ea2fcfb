"""Receiving a picture: bounded in bytes and in time, whatever the headers say."""

import asyncio

from starlette.requests import Request

from aoi_modules.gateway import problems
from aoi_modules.gateway.problems import Problem

_DISCARD_BYTES = 64 * 1024 * 1024
_DISCARD_SECONDS = 2.0


async def receive_picture(request: Request, max_bytes: int, timeout_ms: int) -> bytes:
    """The body of a request.

    Raises:
        Problem: it is too large, by its Content-Length or by what arrives, or too slow.
        ClientDisconnect: the client hung up.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        refusal = problems.too_large(max_bytes, "bytes", f"{announced} bytes")
        raise await _after_discarding(request, refusal)
    content = bytearray()
    try:
        async with asyncio.timeout(timeout_ms / 1000):
            async for chunk in request.stream():
                content += chunk
                if len(content) > max_bytes:
                    break
    except TimeoutError:
        raise problems.slow_upload(timeout_ms) from None
    if len(content) > max_bytes:
        raise await _after_discarding(request, problems.too_large(max_bytes, "bytes", f"more than {max_bytes} bytes"))
    return bytes(content)


async def _after_discarding(request: Request, refusal: Problem) -> Problem:
    """Lets the client finish sending, within bounds: closing in its face would lose the answer that says why.

    A client that asked first, by `Expect: 100-continue`, has sent nothing and is answered at once.
    """
    if request.headers.get("expect", "").lower() == "100-continue":
        return refusal
    discarded = 0
    try:
        async with asyncio.timeout(_DISCARD_SECONDS):
            while discarded < _DISCARD_BYTES:
                message = await request.receive()
                discarded += len(message.get("body", b""))
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        pass
    return refusal
