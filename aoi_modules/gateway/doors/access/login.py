"""The page at which people sign in, and the two changes that need no session: to begin one, and to end it."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from aoi_modules.errors import AoiError, BadParameter, MissingExtra, NotLetIn, NotSignedIn
from aoi_modules.gateway.doors import problems
from aoi_modules.gateway.doors.access import cookie, csrf
from aoi_modules.gateway.doors.pages.shell import page
from aoi_modules.gateway.doors.shared import gateway_of
from aoi_modules.gateway.doors.uploads import Upload

LOGIN, HOME = "/login", "/"
_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 8 * 1024
_SECONDS = 10


async def get_login(request: Request) -> Response:
    """GET /login: the page at which people sign in."""
    if gateway_of(request).porter.open:
        return RedirectResponse(HOME, 303)
    return _page(request, next_page(request.query_params.get("next")))


async def post_login(request: Request) -> Response:
    """POST /login: name and password from that page become a session."""
    try:
        fields = await _form(request)
    except AoiError as error:
        return problems.of_error(error).response()
    then = next_page(fields.get("next"))
    try:
        token = await _signed_in(request, fields)
    except NotLetIn as error:
        return _page(request, then, error, fields.get("name", ""))
    except AoiError as error:
        return problems.of_error(error).response()
    response = RedirectResponse(then, 303, headers={"Cache-Control": "no-store"})
    cookie.give(response, token, secure=gateway_of(request).porter.entrance.secure)
    return response


async def post_logout(request: Request) -> Response:
    """POST /logout: ends the session."""
    porter = gateway_of(request).porter
    try:
        token = cookie.token_of(request, secure=porter.entrance.secure)
        session = await porter.sessions.find(token) if token is not None and porter.sessions is not None else None
        if token is not None and porter.sessions is not None and session is not None:
            csrf.check_origin(request)
            said = request.headers.get(csrf.HEADER)
            csrf.check_token((await _form(request)).get(csrf.FIELD) if said is None else said, session.csrf)
            await porter.sessions.end(token)
    except AoiError as error:
        return problems.of_error(error).response()
    response = RedirectResponse(LOGIN, 303)
    cookie.take(response, secure=porter.entrance.secure)
    return response


def to_login(request: Request) -> Response:
    """Sends a browser to the login page, and from there back."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{LOGIN}?{urlencode({'next': path})}", 303)


def next_page(said: str | None) -> str:
    """The page after signing in: one of this site, whatever a link says."""
    if said is None or not said.startswith("/") or not said.isprintable() or "\\" in said:
        return HOME
    parts = urlsplit(said)
    return HOME if said.startswith("//") or parts.scheme or parts.netloc or parts.path == LOGIN else said


async def _signed_in(request: Request, fields: dict[str, str]) -> str:
    porter = gateway_of(request).porter
    porter.entrance.check(request.client.host if request.client is not None else "")
    csrf.check_origin(request)
    if porter.sign_in is None:
        raise NotSignedIn("nobody can sign in here: users are kept with the results, and this gateway keeps none")
    address = porter.entrance.address_of(request)
    return await porter.sign_in(fields.get("name", ""), fields.get("password", ""), address)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; of one that comes twice the first.

    Raises:
        BadParameter: it is none, or no text.
        TooLarge, SlowUpload, ClientDisconnect: as `Upload.body`.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != _FORM:
        raise BadParameter("Content-Type", expected=_FORM, found=said[:40])
    body = await Upload(request, _MOST_BYTES, _SECONDS * 1000).body()
    return _fields(body)


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=False, errors="strict")
    except ValueError as error:
        raise BadParameter("body", expected="the fields of a form", found=str(error)[:80]) from None
    return dict(reversed(pairs))


def _page(request: Request, then: str, error: AoiError | None = None, name: str = "") -> Response:
    """The page, perhaps with what was wrong; without Jinja2 that is told as programs are told."""
    refusal = None if error is None else problems.of_error(error)
    values = {"next": then, "name": name[:200], "refusal": refusal}
    try:
        response = page(request, "login.html.j2", values, 200 if refusal is None else refusal.status)
    except MissingExtra as missing:
        return problems.of_error(error or missing).response()
    if refusal is not None:
        response.headers.update({name: refusal.headers[name] for name in refusal.headers if name == "Retry-After"})
    return response


ACCESS = (
    Route(LOGIN, get_login, methods=["GET"]),
    Route(LOGIN, post_login, methods=["POST"]),
    Route("/logout", post_logout, methods=["POST"]),
)
