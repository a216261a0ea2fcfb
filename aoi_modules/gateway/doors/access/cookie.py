"""The cookie of a session: no script reads it, and no page of somebody else sends it."""

from starlette.requests import Request
from starlette.responses import Response

_PLAIN, _SECURE = "aoi-session", "__Host-aoi-session"
"""Browsers take a cookie whose name begins with `__Host-` from this host alone, and by TLS alone."""
_MOST_LETTERS = 100


def token_of(request: Request, *, secure: bool) -> str | None:
    """What a browser holds for a session; None if it holds nothing, or nothing that we gave."""
    token = request.cookies.get(_name(secure))
    return token if token and len(token) <= _MOST_LETTERS and token.isascii() else None


def give(response: Response, token: str, *, secure: bool) -> None:
    """Gives a browser what it holds until it is closed."""
    response.set_cookie(_name(secure), token, path="/", secure=secure, httponly=True, samesite="strict")


def take(response: Response, *, secure: bool) -> None:
    """Takes it back."""
    response.delete_cookie(_name(secure), path="/", secure=secure, httponly=True, samesite="strict")


def _name(secure: bool) -> str:
    return _SECURE if secure else _PLAIN
