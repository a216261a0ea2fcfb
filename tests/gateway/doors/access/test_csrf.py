"""Changes come from our own pages."""

import pytest
from starlette.requests import Request

from aoi_modules.errors import NotAllowed
from aoi_modules.gateway.doors.access.csrf import check_origin, check_token


def sent(**headers: str) -> Request:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": [(b"host", b"gateway:8080"), *named]})


@pytest.mark.parametrize("said", [None, "", "t", "token ", "TOKEN", "t\u00f6ken"])
def test_only_the_token_itself_is_taken(said: str | None) -> None:
    check_token("token", "token")
    with pytest.raises(NotAllowed, match="X-AOI-CSRF: expected the token of this session"):
        check_token(said, "token")


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}, {"origin": "https://gateway:8080"}],
)
def test_our_own_pages_and_programs_may_send(headers: dict[str, str]) -> None:
    check_origin(sent(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": ""},
        {"origin": "null"},
        {"origin": "http://gateway:8081"},
        {"origin": "http://gateway:8080.evil.example"},
        {"origin": "http://evil.example/gateway:8080"},
        {"sec_fetch_site": "cross-site", "origin": "http://gateway:8080"},
    ],
)
def test_pages_of_other_sites_may_not(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match="another site"):
        check_origin(sent(**headers))
