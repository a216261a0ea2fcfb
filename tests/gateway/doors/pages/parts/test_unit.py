"""The page of a unit: its verdicts and its pictures, whatever its number is made of."""

import pytest
from playwright.sync_api import Browser, expect

from tests import services
from tests.browser import visit
from tests.gateway.doors.station.conftest import Station

pytestmark = services.need(services.CHROMIUM)


def test_verdicts_and_pictures(browser: Browser, line: Station) -> None:
    line.inspect(0.1, unit="SN1", position="left", lot="L7")
    line.inspect(0.45, unit="SN1", position="right", lot="L7")
    assert line.post("/v1/units/SN1/close").status_code == 200
    with visit(browser, line.url, size="tablet") as visitor:
        visitor.go("/units/SN1")
        expect(visitor.page.get_by_role("region", name="Its pictures").get_by_role("link")).to_have_count(2)
        expect(visitor.page.get_by_role("region", name="Its verdicts").get_by_text("REVIEW")).to_be_visible()
        visitor.look()


@pytest.mark.parametrize("unit", ["../../etc/passwd", "<b>bold</b>", "a" * 300, "%2e%2e", "SN 9"])
def test_a_unit_that_is_not_there_is_told_in_words(line: Station, unit: str) -> None:
    answer = line.get("/units", unit=unit)
    assert answer.status_code in (400, 404)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<b>" not in answer.text


def test_without_a_number_it_goes_to_the_live_view(line: Station) -> None:
    answer = line.get("/units", unit="  ")
    assert answer.url.endswith("/live")
