"""The page of one inspection: what was said about it by model and people, and judging it later."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests import services
from tests.browser import SIZES, visit
from tests.gateway.doors.station.conftest import Station

pytestmark = services.need(services.CHROMIUM)
EVIL = "<script>alert(1)</script>"


def test_a_customers_return_is_judged_later_and_taken_back(browser: Browser, line: Station) -> None:
    sent = line.inspect(0.1, unit="SN1", lot="L7")
    with visit(browser, line.url) as visitor:
        visitor.called("Ada")
        visitor.go(f"/inspections/{sent['id']}")
        page = visitor.page
        page.get_by_role("button", name="Defect").click()
        expect(page.get_by_role("alert")).to_have_text("Which defect? Choose or write its name.")
        page.get_by_label("Defect", exact=True).fill(EVIL)
        page.get_by_label("Note").fill(f"{EVIL}\nsecond line")
        page.get_by_label("The unit is").select_option("scrapped")
        page.get_by_role("button", name="Defect").click()
        said = page.get_by_role("region", name="What people said")
        expect(said.get_by_text(EVIL).first).to_be_visible()
        expect(said.get_by_text("second line")).to_be_visible()
        expect(said.get_by_text("scrapped")).to_be_visible()
        visitor.look()
        said.get_by_role("button", name="Take back").click()
        expect(said.get_by_text("taken back", exact=True)).to_be_visible()
    judgements = line.get(f"/v1/inspections/{sent['id']}/judgements").json()["judgements"]
    assert [(one["who"], one["verdict"], one["disposition"]) for one in judgements] == [
        ("Ada", "defect", "scrapped"),
        ("Ada", None, None),
    ]


@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_screen(browser: Browser, line: Station, size: str) -> None:
    good, bad = line.inspect(0.1, position="left"), line.inspect(0.9, position="left")
    assert line.judge(good["id"], verdict="good").status_code == 200
    with visit(browser, line.url, size=size, dark=size == "phone") as visitor:
        visitor.go(f"/inspections/{bad['id']}")
        expect(visitor.page.get_by_role("img", name="A part that was judged good")).to_be_visible()
        visitor.look()


def test_a_model_without_a_map_says_so(browser: Browser, line: Station) -> None:
    sent = line.inspect(0.9)
    with visit(browser, line.url) as visitor:
        visitor.refused(r"404 /v1/inspections/\w+/map")
        visitor.go(f"/inspections/{sent['id']}")
        visitor.page.get_by_role("button", name="Where?").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("has no map")


def test_an_inspection_that_is_not_there_is_told_in_words(browser: Browser, line: Station) -> None:
    with visit(browser, line.url) as visitor:
        visitor.refused("404 /inspections/0000")
        visitor.go("/inspections/0000")
        expect(visitor.page.get_by_text("no inspection 0000.")).to_be_visible()


@pytest.mark.parametrize("path", ["160", "960", "161", "0", "-1", "1e2", "99999", "..%2f"])
def test_small_copies_have_two_sizes(line: Station, path: str) -> None:
    sent = line.inspect(0.9)
    answer = line.get(f"/inspections/{sent['id']}/thumbnail/{path}")
    if path in ("160", "960"):
        assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    else:
        assert answer.status_code in (400, 404)
