"""People sign in at a real gateway, and out of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from aoi_modules.gateway.doors.access.login import next_page
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.results.people.audit import Wish, entries
from aoi_modules.results.people.role import PEOPLE, Role
from aoi_modules.results.people.users import remove_user, set_role
from tests.client.model_server import ModelServer
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.access.people import (
    COOKIE,
    PASSWORD,
    SECONDS,
    Browser,
    PeopleGateway,
    routes_file,
    until,
)
from tests.results.conftest import with_database

LIMITS = {"component": "tile", "model": "tile", "version": 1, "head": "defect", "threshold": 0.5, "why": "w", "seen": 0}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleGateway]:
    with ModelServer() as server, PeopleGateway(tmp_path_factory.mktemp("people"), server.address) as gateway:
        yield gateway


def test_whoever_is_not_signed_in_is_sent_to_the_login_page_and_from_there_back(gateway: PeopleGateway) -> None:
    browser = Browser(gateway.url)
    sent = browser.ask("GET", "/docs?a=1", headers={"Accept": "text/html,*/*"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/login?next=%2Fdocs%3Fa%3D1")
    page = browser.ask("GET", sent.headers["Location"])
    assert 'value="/docs?a=1"' in page.text
    form = {"name": "viewer", "password": PASSWORD, "next": "/docs?a=1"}
    back = browser.ask("POST", "/login", data=form)
    assert (back.status_code, back.headers["Location"]) == (303, "/docs?a=1")
    assert browser.ask("GET", "/docs").status_code == 200


def test_programs_are_told_the_way_in(gateway: PeopleGateway) -> None:
    answer = Browser(gateway.url).ask("GET", "/v1/inspections")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "urn:aoi:problem:not-signed-in"
    assert "Bearer KEY" in answer.json()["hint"]
    assert "/login" in answer.json()["hint"]


def test_probes_need_nobody(gateway: PeopleGateway) -> None:
    assert {Browser(gateway.url).ask("GET", path).status_code for path in ("/healthz", "/readyz", "/metrics")} == {200}


def test_the_cookie_is_for_no_script_and_no_other_site_and_the_page_loads_nothing(gateway: PeopleGateway) -> None:
    browser = Browser(gateway.url)
    given = browser.sign_in("viewer").headers["Set-Cookie"]
    assert "HttpOnly" in given
    assert "SameSite=strict" in given
    assert "Max-Age" not in given
    assert "expires" not in given.lower(), "it goes with the browser"
    policy = browser.ask("GET", "/login").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("name", ["viewer", "nobody", "", "Viewer", "viewer ", "\x00", "' OR 1=1 --", "a" * 1000])
def test_a_wrong_password_says_the_same_for_every_name(gateway: PeopleGateway, name: str) -> None:
    browser = Browser(gateway.url)
    answer = browser.sign_in(name, "wrong horse battery", **{"X-Test": "1"})
    assert answer.status_code in (401, 429)
    assert "Set-Cookie" not in answer.headers
    if answer.status_code == 401:
        assert "do not belong together" in answer.text


def test_each_role_may_what_it_may(gateway: PeopleGateway) -> None:
    found = {}
    for role in PEOPLE:
        browser = Browser(gateway.url, role)
        token = browser.csrf(gateway.database)
        found[role] = [
            browser.ask("GET", "/v1/inspections").status_code,
            browser.change("/v1/reviews/next", token).status_code,
            browser.change("/v1/limits", token, LIMITS).status_code == 403,
            browser.ask("GET", "/v1/audit").status_code,
        ]
    assert found == {
        "viewer": [200, 403, True, 403],
        "operator": [200, 200, True, 403],
        "engineer": [200, 200, False, 403],
        "admin": [200, 200, False, 200],
    }


def test_a_change_needs_the_token_of_the_session(gateway: PeopleGateway) -> None:
    browser, other = Browser(gateway.url, "operator"), Browser(gateway.url, "operator")
    for wrong in (None, "", "x", other.csrf(gateway.database), browser.cookies.cookies[COOKIE]):
        answer = browser.change("/v1/reviews/next", wrong)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:aoi:problem:not-allowed")
    assert browser.change("/v1/reviews/next", browser.csrf(gateway.database)).status_code == 200


def test_a_change_from_another_site_is_refused_even_with_the_token(gateway: PeopleGateway) -> None:
    browser = Browser(gateway.url, "operator")
    token = browser.csrf(gateway.database)
    for foreign in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = browser.ask("POST", "/v1/reviews/next", json={}, headers={"X-AOI-CSRF": token, **foreign})
        assert answer.status_code == 403
        assert browser.sign_in("operator", **foreign).status_code == 403
    own = {"Origin": gateway.url, "X-AOI-CSRF": token}
    assert browser.ask("POST", "/v1/reviews/next", json={}, headers=own).status_code == 200


def test_judgements_are_in_the_name_of_whoever_is_signed_in(gateway: PeopleGateway) -> None:
    kept = gateway.inspect(picture_bytes(), gateway.key).json()
    browser = Browser(gateway.url, "operator")
    token, path = browser.csrf(gateway.database), f"/v1/inspections/{kept['id']}/judgements"
    until(lambda: browser.ask("GET", f"/v1/inspections/{kept['id']}").status_code == 200)
    assert browser.change(path, token, {"verdict": "good", "who": "admin"}).status_code == 403
    said = browser.change(path, token, {"verdict": "good"})
    assert (said.status_code, said.json()["who"]) == (200, "operator")
    noted = with_database(gateway.database, lambda database: entries(database, Wish(about=f"inspection {kept['id']}")))
    assert [(one.who, one.action) for one in noted] == [("operator", "judge")]


def test_a_machine_may_have_pictures_inspected_and_no_more(gateway: PeopleGateway) -> None:
    assert gateway.inspect(picture_bytes()).status_code == 401
    assert gateway.inspect(picture_bytes(), "aoi_wrong").status_code == 401
    assert gateway.inspect(picture_bytes(), gateway.key).status_code == 200
    bearer = {"Authorization": f"Bearer {gateway.key}"}
    answers = {
        requests.get(f"{gateway.url}{path}", headers=bearer, timeout=SECONDS).status_code
        for path in ("/v1/inspections", "/v1/audit", "/v1/limits", "/docs")
    }
    assert answers == {403}


def test_after_signing_out_the_cookie_opens_nothing(gateway: PeopleGateway) -> None:
    browser = Browser(gateway.url, "viewer")
    cookie = browser.cookies.cookies[COOKIE]
    token = browser.csrf(gateway.database)
    assert browser.ask("POST", "/logout", data={"csrf": "x"}).status_code == 403, (
        "a page of another site would sign them out"
    )
    out = browser.ask("POST", "/logout", data={"csrf": token})
    assert (out.status_code, out.headers["Location"]) == (303, "/login")
    assert COOKIE not in browser.cookies.cookies
    assert browser.ask("GET", "/v1/inspections", cookies={COOKIE: cookie}).status_code == 401


def test_a_session_holds_at_another_gateway_of_the_database(gateway: PeopleGateway, tmp_path: Path) -> None:
    browser = Browser(gateway.url, "operator")
    with ModelServer() as server, PeopleGateway(tmp_path, server.address, gateway) as second:
        assert Browser(second.url).ask("GET", "/v1/inspections").status_code == 401
        browser.url = second.url
        assert browser.ask("GET", "/v1/inspections").status_code == 200


def test_another_role_and_a_removal_hold_within_a_moment(gateway: PeopleGateway) -> None:
    browser = Browser(gateway.url, "admin")
    with_database(gateway.database, lambda database: set_role(database, "admin", Role.VIEWER, by="root"))
    until(lambda: browser.ask("GET", "/v1/audit").status_code == 403)
    assert browser.ask("GET", "/v1/limits").status_code == 200
    with_database(gateway.database, lambda database: remove_user(database, "admin", by="root"))
    until(lambda: browser.ask("GET", "/v1/limits").status_code == 401)


def test_on_this_machine_alone_nobody_has_to_sign_in_without_users(tmp_path: Path) -> None:
    with ModelServer() as server, RunningGateway(routes_file(tmp_path, server.address)) as open_gateway:
        browser = Browser(open_gateway.url)
        assert browser.ask("GET", "/v1/components").status_code == 200
        assert browser.ask("GET", "/login").headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/", "/review", "/docs?a=1&b=2", "/quality?by=lot#top"])
def test_pages_of_this_site_may_follow(path: str) -> None:
    assert next_page(path) == path


@pytest.mark.parametrize(
    "said",
    [
        None, "", "docs", "//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example", "data:text/html,x",
        "///evil.example", "/a\r\nSet-Cookie: a=b", "/login", "/login?next=/login", " /docs", "/\t/evil.example",
        "javascript:alert(1)",
    ],
)  # fmt: skip
def test_no_other_page_follows(said: str | None) -> None:
    assert next_page(said) == "/"
