"""The audit log: who changed what, page by page, and nothing in it is markup."""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from aoi_modules.gateway.doors.pages.engineers.audit import PAGE
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.people.audit import note
from tests import services
from tests.browser import visit
from tests.gateway.doors.pages.judged_line import apart


async def write(url: str) -> None:
    """A log of two pages and a bit, by two people."""
    database = Database(url)
    try:
        await migrate(database)
        async with database.transaction() as connection:
            for number in range(2 * PAGE + 5):
                who, action = ("Ada", "judge") if number % 3 else ("Grace", "set limits")
                await note(connection, who, action, f"part <{number}>", "<img src=x onerror=alert(1)>")
    finally:
        await database.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a database with a log."""
    path: Path = tmp_path_factory.mktemp("audit") / "results.sqlite"
    apart(write(str(path)))
    return str(path)


@services.need(services.CHROMIUM)
def test_the_log_page_by_page_and_by_who(browser: Browser, url: str, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text('components: {tile: {model: tile, upstream: "127.0.0.1:1"}}')
    with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results", database=url) as gateway:
        with visit(browser, gateway.url) as visitor:
            page = visitor.page
            visitor.go("/audit")
            rows = page.locator("table.log tbody tr")
            expect(rows).to_have_count(PAGE)
            expect(rows.first).to_contain_text(f"part <{2 * PAGE + 4}>")
            expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
            visitor.look()
            page.get_by_role("link", name="Older").click()
            expect(rows.first).to_contain_text(f"part <{PAGE + 4}>")
            page.get_by_role("link", name="Older").click()
            expect(rows).to_have_count(5)
            expect(page.get_by_role("link", name="Older")).to_have_count(0)
            page.get_by_role("link", name="Newest").click()
            page.get_by_label("Who", exact=True).fill("Grace")
            page.get_by_role("button", name="Show").click()
            expect(rows).to_have_count(35)
        with visit(browser, gateway.url, size="phone", dark=True) as visitor:
            visitor.go("/audit?who=Nobody")
            expect(visitor.page.get_by_text("No entry fits.")).to_be_visible()
            visitor.go("/audit?action=set+limits")
            visitor.look()
        refused = requests.get(f"{gateway.url}/audit", params={"before": "first"}, timeout=30)
        assert (refused.status_code, "before: expected another value" in refused.text) == (400, True)
