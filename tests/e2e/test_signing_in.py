"""People who sign in at the station's pages, in a real browser before a real gateway with its database."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import services
from tests.browser import Visitor, chromium, visit
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.access.people import PASSWORD, PeopleGateway

pytestmark = services.need(services.CHROMIUM)
DOUBTFUL = 0.45


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleGateway]:
    with ModelServer() as server, PeopleGateway(tmp_path_factory.mktemp("people"), server.address) as gateway:
        server.outputs = scores_of(DOUBTFUL)
        yield gateway


@pytest.fixture(scope="module")
def browser(gateway: PeopleGateway) -> Iterator[Browser]:  # people are added first: Playwright's loop allows no other
    with chromium() as browser:
        yield browser


def sign_in(visitor: Visitor, name: str, password: str = PASSWORD) -> None:
    visitor.page.get_by_label("Name").fill(name)
    visitor.page.get_by_label("Password").fill(password)
    visitor.page.get_by_role("button", name="Sign in").click()


def sections(visitor: Visitor) -> list[str]:
    """What the navigation offers."""
    return visitor.page.get_by_role("navigation").get_by_role("link").all_inner_texts()


def test_who_is_not_signed_in_sees_nothing_else_and_a_wrong_password_is_told(
    browser: Browser, gateway: PeopleGateway
) -> None:
    with visit(browser, gateway.url, size="phone") as visitor:
        visitor.refused("401 /login")
        visitor.go("/quality")
        expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()
        visitor.look()
        sign_in(visitor, "engineer", "no such password")
        expect(visitor.page.get_by_role("alert")).to_contain_text("Name and password do not belong together")
        visitor.look()
        sign_in(visitor, "engineer")
        expect(visitor.page.get_by_role("heading", name="Quality", exact=True)).to_be_visible()  # as was asked


def test_an_operator_judges_in_their_name_and_signs_out(browser: Browser, gateway: PeopleGateway) -> None:
    inspection = gateway.inspect(picture_bytes(), gateway.key).json()["id"]
    with visit(browser, gateway.url) as visitor:
        visitor.go("/review")
        sign_in(visitor, "operator")
        expect(visitor.page.locator("#desk[data-shown]")).to_be_visible()
        expect(visitor.page.get_by_role("button", name="Good")).to_be_enabled()
        assert "Audit log" not in sections(visitor)
        visitor.page.keyboard.press("g")
        expect(visitor.page.get_by_text("Nothing waits")).to_be_visible()
        visitor.page.get_by_role("button", name="Sign out").click()
        expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(visitor, "admin")
        expect(visitor.page.get_by_role("link", name="Audit log")).to_be_visible()
        visitor.go("/audit")
        row = visitor.page.get_by_role("row").filter(has_text=inspection)
        expect(row.first).to_contain_text("operator")


def test_a_page_that_a_role_may_not_open_says_so(browser: Browser, gateway: PeopleGateway) -> None:
    with visit(browser, gateway.url, dark=True) as visitor:
        visitor.refused("403 /review")
        visitor.go("/live")
        sign_in(visitor, "viewer")
        expect(visitor.page.get_by_role("heading", name="Live")).to_be_visible()
        assert "Review" not in sections(visitor)
        visitor.go("/review")
        expect(visitor.page.get_by_text("expected at least the role operator")).to_be_visible()
        visitor.look()
