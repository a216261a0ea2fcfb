import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.doors import rest_body

GZIP = {b"content-encoding": b"gzip"}


def read(*messages: dict[str, Any], headers: dict[bytes, bytes] | None = None) -> bytes:
    parts = iter(messages)

    async def receive() -> MutableMapping[str, Any]:
        return next(parts)

    return asyncio.run(rest_body.read(receive, headers or {}))


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_parts_are_joined() -> None:
    assert read(part(b"ab", more=True), part(b"c")) == b"abc"


def test_a_client_that_leaves() -> None:
    with pytest.raises(rest_body.ClientGone):
        read(part(b"ab", more=True), {"type": "http.disconnect"})


def test_too_large_by_its_own_word_or_in_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_body, "MAX_BYTES", 10)
    assert read(part(b"x" * 10)) == b"x" * 10
    with pytest.raises(rest_body.TooLarge, match="larger than 10 bytes"):
        read(headers={b"content-length": b"11"})
    with pytest.raises(rest_body.TooLarge):
        read(part(b"x" * 6, more=True), part(b"x" * 5, more=True))


def test_gzip_is_inflated_only_if_it_is_announced() -> None:
    body = gzip.compress(b'{"instances": [1]}')
    assert rest_body.inflated(body, GZIP) == b'{"instances": [1]}'
    assert rest_body.inflated(body, {}) == body
    assert rest_body.inflated(b"", GZIP) == b""


def test_a_small_body_of_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_body, "MAX_BYTES", 1000)
    assert len(rest_body.inflated(gzip.compress(b"0" * 1000), GZIP)) == 1000
    with pytest.raises(rest_body.TooLarge):
        rest_body.inflated(gzip.compress(b"0" * 1001), GZIP)


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"x" * 100)[:-9]], ids=["none", "cut"])
def test_what_is_no_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(RpcError, match="The document is empty: Failed to inflate"):
        rest_body.inflated(body, GZIP)


def test_a_body_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing() -> MutableMapping[str, Any]:
        await asyncio.sleep(5)
        return {"type": "http.disconnect"}

    async def drops() -> MutableMapping[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    monkeypatch.setattr(rest_body, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(rest_body, "BODY_SECONDS", 0.3)
    for receive in (nothing, drops):
        with pytest.raises(rest_body.TooSlowSender, match="did not arrive"):
            asyncio.run(rest_body.read(receive, {}))
