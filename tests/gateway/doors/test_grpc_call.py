"""What a call says beside its message."""

import asyncio
from typing import Any

import pytest

from aoi_modules.errors import BadParameter, RpcError
from aoi_modules.gateway.doors.grpc_call import LONGEST_SECONDS, Call, CalledPicture
from aoi_modules.gateway.shots import Shot
from aoi_modules.results.record import Origin


class Said:
    """What gRPC tells a handler of a call."""

    def __init__(self, remaining: float | None, *metadata: tuple[str, str | bytes]) -> None:
        self._remaining, self._metadata = remaining, metadata

    def invocation_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        return self._metadata

    def time_remaining(self) -> float | None:
        return self._remaining

    def peer(self) -> str:
        return "ipv4:127.0.0.1:9"

    def auth_context(self) -> dict[str, list[bytes]]:
        return {}


def call(*metadata: tuple[str, str | bytes], remaining: float | None = None) -> Call:
    said: Any = Said(remaining, *metadata)
    return Call(said)


def test_where_pictures_come_from() -> None:
    named = call(("aoi-unit", "SN1"), ("aoi-lot", "L7"), ("aoi-product-bin", "M\u00f6bel".encode()), ("other", "x"))
    assert named.origin() == Origin(unit="SN1", lot="L7", product="M\u00f6bel")
    assert call().origin() == Origin()


@pytest.mark.parametrize(
    "value", [("aoi-unit", ""), ("aoi-unit", "x" * 201), ("aoi-unit-bin", b"\xff"), ("aoi-unit-bin", b"\n")]
)
def test_names_that_are_none(value: tuple[str, str | bytes]) -> None:
    with pytest.raises(BadParameter, match="aoi-unit: expected"):
        call(value).origin()


def test_each_picture_has_its_part_of_the_key() -> None:
    keyed = call(("idempotency-key", "17"))
    assert CalledPicture(keyed, Shot(b"a")).key() == "17"
    assert [CalledPicture(keyed, Shot(b"a"), number, alone=False).key() for number in (0, 1)] == ["17/0", "17/1"]
    assert CalledPicture(call(), Shot(b"a"), alone=False).key() is None


def test_the_callers_deadline() -> None:
    wanted = CalledPicture(call(remaining=0.5), Shot(b"a")).wanted_ms()
    assert wanted is not None
    assert 0 < wanted <= 500
    assert call(remaining=-1.0).seconds_left() > 0
    assert 0 < call().seconds_left() <= LONGEST_SECONDS


def test_a_client_that_left_is_asked_nothing_more_about() -> None:
    gone = call()
    gone.left = True
    with pytest.raises(RpcError, match="the client hung up"):
        CalledPicture(gone, Shot(b"a")).wanted_ms()


def test_an_id_of_the_clients_own() -> None:
    assert call(("x-request-id", "r-1")).request_id == "r-1"
    assert call(("x-request-id", "two words")).request_id not in ("two words", "")
    assert call(("x-request-id", "r-1")).told("x-request-id") == "r-1"
    assert call().told("aoi-verdict") == ""


def test_the_log_has_the_unit_as_it_was_said() -> None:
    assert call().unit_said() == {}
    assert call(("aoi-unit", "SN1")).unit_said() == {"unit": "SN1"}
    assert call(("aoi-unit-bin", b"\xff" + b"a" * 300)).unit_said() == {"unit": "\ufffd" + "a" * 199}


def test_a_picture_is_there() -> None:
    shot = Shot(b"a")
    brought = CalledPicture(call(("x-request-id", "r-1")), shot)
    assert asyncio.run(brought.shot()) is shot
    assert (brought.request_id, brought.origin()) == ("r-1", Origin())
