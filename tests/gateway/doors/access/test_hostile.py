"""Hostile input at login, sessions, keys, tokens, names and addresses: none gets in, none is shown as markup."""

import http.client
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
import requests

from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.access.people import COOKIE, PASSWORD, SECONDS, Browser, PeopleGateway, until

MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "{{ 7 * 7 }}<b>{% raw %}",
    "<!--<b>-->",
    "&lt;b&gt;<b>&",
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleGateway]:
    with ModelServer() as server, PeopleGateway(tmp_path_factory.mktemp("people"), server.address) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def operator(gateway: PeopleGateway) -> Browser:
    """Signed in, with a part to judge."""
    browser = Browser(gateway.url, "operator")
    kept = gateway.inspect(picture_bytes(), gateway.key).json()["id"]
    until(lambda: browser.ask("GET", f"/v1/inspections/{kept}").status_code == 200)
    return browser


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", None),
        (b"name=admin", None),
        (b"password=" + PASSWORD.encode(), None),
        (b"name=admin&password=", None),
        (b"name=admin'--&password=x", None),
        (b"name=admin'/*&password=*/ OR '1'='1", None),
        (b'name=" OR ""="&password=" OR ""="', None),
        (b"name=admin%00&password=" + quote(PASSWORD).encode(), None),
        (b"name=ADMIN&password=" + quote(PASSWORD).encode(), None),
        (b"name=%20admin&password=" + quote(PASSWORD).encode(), None),
        (b"name[]=admin&password[]=x", None),
        (b"name=nobody&name=admin&password=" + quote(PASSWORD).encode(), None),
        (b"name=admin&password=$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA", None),
        (b"name=admin&password=" + b"a" * 5000, None),
        (b"name=admin&password=" + b"a" * 100_000, None),
        (b"name=\xff\xfe&password=\xff", None),
        (b"name=%ff%fe&password=%ff", None),
        (b"&&&&====", None),
        (b'{"name": "admin", "password": "correct horse battery"}', "application/json"),
        (b'{"name": {"$gt": ""}, "password": {"$gt": ""}}', "application/json"),
        (b"name=admin&password=" + quote(PASSWORD).encode(), "text/plain"),
        (b"name=admin&password=" + quote(PASSWORD).encode(), "multipart/form-data; boundary=x"),
    ],
)
def test_no_form_but_the_right_one_signs_in(gateway: PeopleGateway, body: bytes, kind: str | None) -> None:
    headers = {"Content-Type": kind or "application/x-www-form-urlencoded"}
    answer = Browser(gateway.url).ask("POST", "/login", data=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "cookie",
    [
        "", "x", "admin", "null", "0", "' OR 1=1 --", "../../../etc/passwd", "%00", "a" * 43, "a" * 100, "a" * 4000,
        "eyJhbGciOiJub25lIn0.eyJuYW1lIjoiYWRtaW4ifQ.", "token; aoi-session=x", "\xe4",
    ],
)  # fmt: skip
def test_no_cookie_that_was_not_given_is_a_session(gateway: PeopleGateway, cookie: str) -> None:
    headers = {"Cookie": f"{COOKIE}={cookie}".encode("latin-1")}
    answer = requests.get(f"{gateway.url}/v1/inspections", headers=headers, timeout=SECONDS)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Bearer", "Bearer ", "Bearer aoi_", "Bearer null", "Bearer ' OR 1=1 --", "Basic YWRtaW46YWRtaW4=",
        "Bearer " + "a" * 4000, "bearer\t", "Digest username=admin", "Bearer aoi_x, Bearer aoi_y", "\xe4",
    ],
)  # fmt: skip
def test_no_key_that_was_not_given_opens(gateway: PeopleGateway, authorization: str) -> None:
    headers = {"Authorization": authorization.encode("latin-1")}
    answer = requests.post(
        f"{gateway.url}/v1/inspect/tile",
        data=picture_bytes(),
        headers=headers,
        auth=lambda request: request,  # else a file of the user's could add one
        timeout=SECONDS,
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("token", [None, "", "x", "undefined", "null", "' OR 1=1 --", "a" * 64, "0" * 64, "a" * 4000])
def test_no_token_that_was_not_given_changes_anything(operator: Browser, token: str | None) -> None:
    assert operator.change("/v1/reviews/next", token).status_code == 403


@pytest.mark.parametrize(
    "forged", ["X-Forwarded-User", "X-Remote-User", "X-AOI-Person", "X-Forwarded-For", "Forwarded"]
)
def test_no_header_names_a_person(gateway: PeopleGateway, forged: str) -> None:
    for value in ("admin", "127.0.0.1", "for=127.0.0.1"):
        assert Browser(gateway.url).ask("GET", "/v1/inspections", headers={forged: value}).status_code == 401


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_names_is_text_on_every_page(gateway: PeopleGateway, operator: Browser, markup: str) -> None:
    echoed = Browser(gateway.url).sign_in(markup, "wrong horse battery")
    assert markup not in echoed.text
    linked = Browser(gateway.url).ask("GET", f"/login?next={quote('/' + markup)}")
    assert markup not in linked.text
    kept = requests.post(
        f"{gateway.url}/v1/inspect/tile",
        params={"unit": markup, "lot": markup, "station": markup},
        data=picture_bytes(),
        headers={"Authorization": f"Bearer {gateway.key}"},
        timeout=SECONDS,
    ).json()
    until(lambda: operator.ask("GET", f"/v1/inspections/{kept['id']}").status_code == 200)
    said = {"verdict": "defect", "defect": markup, "note": markup}
    path = f"/v1/inspections/{kept['id']}/judgements"
    assert operator.change(path, operator.csrf(gateway.database), said).status_code == 200
    for page in ("/", "/live", "/review"):
        shown = operator.ask("GET", page, headers={"Accept": "text/html"})
        assert shown.status_code == 200
        assert markup not in shown.text
        assert "script-src 'self'" in shown.headers["Content-Security-Policy"]
    told = operator.ask("GET", f"/v1/inspections/{kept['id']}")
    assert told.headers["Content-Type"] == "application/json"
    assert told.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/inspections/../../../../etc/passwd/picture",
        "/v1/inspections/..%2f..%2f..%2f..%2fetc%2fpasswd/picture",
        "/v1/inspections/%2e%2e/%2e%2e/people.json/picture",
        "/v1/inspections/..\\..\\people.json/picture",
        "/v1/inspections/%00/picture",
        "/v1/inspections/" + "a" * 5000 + "/picture",
        "/v1/inspections//etc/passwd/picture",
        "/v1/inspections/file:%2f%2f%2fetc%2fpasswd/picture",
        "/v1/inspections/'%20OR%201=1%20--/picture",
        "/static/../people.json",
        "/static/x/..%2f..%2fshell.py",
        "/static/x/%2fetc%2fpasswd",
        "/docs/..%2f__init__.py",
        "/docs/%2e%2e/__init__.py",
        "//evil.example/v1/inspections",
    ],
)
def test_no_trick_in_an_address_reads_another_file(gateway: PeopleGateway, operator: Browser, path: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=SECONDS)
    try:  # bare, because clients mend such paths before they send them
        connection.request("GET", path, headers={"Cookie": f"{COOKIE}={operator.cookies.cookies[COOKIE]}"})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    assert 400 <= answer.status < 500
    assert not any(secret in body for secret in (b"root:", b'"machines"', b"import ", gateway.key.encode()))
