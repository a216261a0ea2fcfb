"""The cookie of a session."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from aoi_modules.gateway.doors.access import cookie


def holding(text: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", text.encode())]})


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-aoi-session"), (False, "aoi-session")])
def test_what_is_given_is_found_again_and_taken_back(secure: bool, name: str) -> None:
    response = Response()
    cookie.give(response, "token", secure=secure)
    given = response.headers["set-cookie"]
    assert given.startswith(f"{name}=token; HttpOnly; Path=/; SameSite=strict")
    assert ("Secure" in given) is secure
    assert "Domain" not in given
    assert cookie.token_of(holding(f"other=1; {name}=token"), secure=secure) == "token"
    cookie.take(response, secure=secure)
    assert "Max-Age=0" in response.headers.getlist("set-cookie")[1]


@pytest.mark.parametrize("text", ["", "aoi-session=", "aoi-session", f"aoi-session={'a' * 101}", "other=token"])
def test_anything_else_is_nothing(text: str) -> None:
    assert cookie.token_of(holding(text), secure=False) is None


def test_by_tls_a_cookie_that_came_in_plain_is_none() -> None:
    assert cookie.token_of(holding("aoi-session=token"), secure=True) is None
