"""The live view: the last part large, those before it in rows, and new ones without anybody's hand."""

import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from aoi_modules.gateway.launcher import RunningGateway
from tests import services
from tests.browser import SIZES, visit
from tests.gateway.doors.pages.conftest import own_line
from tests.gateway.doors.station.conftest import Station

pytestmark = services.need(services.CHROMIUM)
EVIL = '<img src=x onerror="alert(1)">'


def test_before_the_first_part_it_says_so_and_new_parts_come_by_themselves(browser: Browser, line: Station) -> None:
    with visit(browser, line.url) as visitor:
        visitor.go("/live")
        expect(visitor.page.get_by_text("Nothing was inspected yet.")).to_be_visible()
        visitor.look()
        line.inspect(0.9, unit="SN1")
        last = visitor.page.get_by_role("region", name="The last part")
        expect(last.get_by_role("heading", name="SN1")).to_be_visible()
        expect(last.get_by_text("FAIL").first).to_be_visible()
        expect(last.get_by_role("img", name="score 0.9")).to_be_visible()
        line.inspect(0.1, unit="SN2", position="left")
        expect(last.get_by_role("heading", name="SN2")).to_be_visible()
        before = visitor.page.get_by_role("region", name="Parts before")
        expect(before.get_by_role("link")).to_have_count(1)
        before.get_by_role("link").click()
        expect(visitor.page.get_by_role("heading", name="SN1")).to_be_visible()


def test_nothing_is_sent_where_nothing_is_new(line: Station) -> None:
    line.inspect(0.1, unit="SN3")
    text = line.get("/live/last").text
    found = re.search(r'data-mark="([^"]+)"', text)
    assert found is not None
    assert line.get("/live/last", mark=found[1]).status_code == 204
    line.inspect(0.1, unit="SN4")


def kept_by(line: Station, inspection: str) -> None:
    """Waits until the picture of an inspection is in its store, where it comes soon after the answer."""
    end = time.monotonic() + 240
    while line.get(f"/v1/inspections/{inspection}/picture").status_code != 200:
        assert time.monotonic() < end, "the picture does not come into its store"
        time.sleep(0.05)


def test_a_picture_that_is_gone_is_said(browser: Browser, tmp_path: Path) -> None:
    with own_line(tmp_path) as line, visit(browser, line.url) as visitor:
        for unit in ("SN5", "SN6"):
            kept_by(line, line.inspect(0.9, unit=unit)["id"])
        shutil.rmtree(tmp_path / "results" / "pictures")
        visitor.refused(r"^404 /inspections/.*/thumbnail/")
        visitor.go("/live")
        expect(visitor.page.get_by_text("not there")).to_have_count(2)
        visitor.look()


@pytest.mark.parametrize("size", SIZES)
def test_names_are_shown_as_text(browser: Browser, line: Station, size: str) -> None:
    line.inspect(0.45, unit=EVIL, lot=EVIL, position=EVIL)
    with visit(browser, line.url, size=size, dark=size == "tablet") as visitor:
        visitor.go("/live")
        expect(visitor.page.get_by_role("heading", name=EVIL)).to_be_visible()
        visitor.look()


def test_a_unit_is_found_by_its_number(browser: Browser, line: Station) -> None:
    line.inspect(0.45, unit="SN/7 ?#%")
    with visit(browser, line.url) as visitor:
        visitor.go("/live")
        visitor.page.get_by_role("searchbox", name="Unit").fill(" SN/7 ?#% ")
        visitor.page.get_by_role("button", name="Find").click()
        expect(visitor.page.get_by_role("heading", name="SN/7 ?#%")).to_be_visible()


def test_a_locked_component_is_told_at_once(browser: Browser, tmp_path: Path) -> None:
    routes = """
components: {tile: {model: tile, upstream: "127.0.0.1:1"}}
checks: {tile: {golden: golden, every_hours: 8}}
"""
    (tmp_path / "routes.yaml").write_text(routes)
    with (
        RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results") as gateway,
        visit(browser, gateway.url) as visitor,
    ):
        visitor.go("/live")
        expect(
            visitor.page.get_by_text("tile is locked: it was never checked. Its parts are not inspected.")
        ).to_be_visible()
        visitor.look()
