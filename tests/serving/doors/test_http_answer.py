import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from aoi_modules.serving.doors.http_answer import HttpAnswer, json_text


def sent(answer: HttpAnswer, *, cors: bool = False) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body as an ASGI server is given them."""
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    asyncio.run(answer.send(send, cors=cors))
    start, body = messages
    return start["status"], dict(start["headers"]), body["body"]


def test_status_type_length_and_body() -> None:
    assert sent(HttpAnswer(200, b"abc", b"text/plain")) == (
        200,
        {b"content-type": b"text/plain", b"content-length": b"3"},
        b"abc",
    )


@pytest.mark.parametrize(("status", "closes"), [(200, False), (400, False), (408, True), (413, True), (500, False)])
def test_a_connection_whose_body_was_not_read_is_closed(status: int, closes: bool) -> None:
    assert (sent(HttpAnswer(status))[1].get(b"connection") == b"close") is closes


def test_pages_of_other_origins_may_read_it_only_if_that_is_wanted() -> None:
    assert sent(HttpAnswer(200), cors=True)[1][b"access-control-allow-origin"] == b"*"
    assert b"access-control-allow-origin" not in sent(HttpAnswer(200))[1]


def test_errors_are_documents_even_of_half_characters() -> None:
    answer = HttpAnswer.of_error(404, "no \ud800 here")
    assert (answer.status, json.loads(answer.body)) == (404, {"error": "no ? here"})


def test_documents_are_indented_and_keep_their_letters() -> None:
    assert json_text({"a": {"b": "ä"}}) == '{\n    "a": {\n        "b": "ä"\n    }\n}'.encode()
