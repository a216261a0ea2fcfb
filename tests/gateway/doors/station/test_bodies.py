"""Bodies that are no JSON of the wanted kind."""

import pytest
import requests

from aoi_modules.gateway.doors.station.bodies import MOST_BYTES
from tests.gateway.doors.station.conftest import Station


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "body: expected another value"),
        (b"{", 400, "body: expected another value"),
        (b'{"who": "\xff"}', 400, "body: expected another value"),
        (b"[]", 400, "Expected `object`"),
        (b'{"who": 7}', 400, "who: expected another value"),
        (b'{"who": "' + b"x" * MOST_BYTES + b'"}', 413, f"at most {MOST_BYTES} bytes"),
    ],
)
def test_what_cannot_be_read_is_told(station: Station, body: bytes, status: int, words: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{station.url}/v1/reviews/next", body, headers=headers, timeout=10)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
