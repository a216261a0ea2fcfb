"""Changes that a cookie authorises come from our own pages: nobody else's page can know the token."""

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from aoi_modules.errors import NotAllowed

HEADER, FIELD = "x-aoi-csrf", "csrf"
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})
"""What browsers say of a request that no other site made: our page did, or a person typed the address."""


def check_token(said: str | None, token: str) -> None:
    """Checks what a page sent beside a change.

    Raises:
        NotAllowed: it is not the session's.
    """
    if said is None or not hmac.compare_digest(said.encode(), token.encode()):
        raise NotAllowed(
            f"{HEADER.upper()}: expected the token of this session. Received: {'none' if said is None else 'another'}",
            hint="load the page again; programs send a key instead: Authorization: Bearer KEY",
        )


def check_origin(request: Request) -> None:
    """Refuses what a page of another site sends, as browsers say it; other programs say nothing of it.

    Raises:
        NotAllowed: another site does.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site in _OURS
    else:
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not ours:
        raise NotAllowed("expected a request of this site's own pages. Received: one of another site")
