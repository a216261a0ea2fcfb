"""One HTTP answer of the REST door, and how it is sent."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

UNREAD = (408, 413)
"""Answers to requests whose body was not read to its end: the connection is of no use after them."""
_CORS = {
    b"access-control-allow-origin": b"*",
    b"access-control-allow-methods": b"POST, GET",
    b"access-control-allow-headers": b"Content-Type",
}


@dataclass(frozen=True)
class HttpAnswer:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"
    reason: str = ""
    """What went wrong, for the log."""

    @classmethod
    def of_error(cls, status: int, message: str) -> "HttpAnswer":
        """Gives the answer that says what went wrong, in the original's form."""
        return cls(status, json_text({"error": message.encode("utf-8", "replace").decode()}), reason=message)

    async def send(self, send: Send, *, cors: bool) -> None:
        """Sends it; with `cors` web pages of other origins may read it."""
        headers = {b"content-type": self.content_type, b"content-length": str(len(self.body)).encode()}
        if self.status in UNREAD:
            headers[b"connection"] = b"close"
        if cors:
            headers |= _CORS
        await send({"type": "http.response.start", "status": self.status, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": self.body})


def json_text(document: dict[str, Any]) -> bytes:
    """Writes a document as the original does: over several lines, four spaces deep."""
    return json.dumps(document, indent=4, ensure_ascii=False).encode()
