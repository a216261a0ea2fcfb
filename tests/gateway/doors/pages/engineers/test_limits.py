"""The threshold desk: what a threshold would do is seen, applied with a reason, and taken back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests import services
from tests.browser import visit
from tests.gateway.doors.pages.judged_line import open_station
from tests.results.conftest import POSTGRESQL

pytestmark = services.need(services.CHROMIUM)
HEAD = {"component": "tile", "model": "tile", "version": 4, "head": "defect"}
DESK = "/limits?component=tile&model=tile&version=4&head=defect"


@pytest.fixture(params=["sqlite", POSTGRESQL])
def either_line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `judged_line`, on each kind of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("judged_line")
        return
    with open_station(tmp_path, request.getfixturevalue("postgresql").new_database()) as url:
        yield url


def settings(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{url}/v1/limits", timeout=30).json()["settings"]
    return found


def say_why(page: Page, why: str) -> None:
    page.get_by_label("Why").fill(why)


def test_a_threshold_is_tried_applied_and_taken_back(browser: Browser, either_line: str) -> None:
    with visit(browser, either_line) as visitor:
        page = visitor.page
        visitor.called("Ada")
        visitor.go(DESK)
        expect(page.get_by_text("From the model's manifest")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Apply"))).to_be_disabled()
        page.get_by_label(re.compile("^Threshold to try")).focus()
        for _ in range(10):
            page.keyboard.press("ArrowLeft")
        expect(page.locator("#what-if-said")).to_contain_text("parts would have got another verdict")
        tried = page.get_by_label("Threshold", exact=True).input_value()
        assert float(tried) < 0.5
        expect(page.get_by_role("region", name="Tried")).to_contain_text(tried)
        expect(page.locator(".drawing.roomy, .drawing.medium").locator("visible=true").first).to_contain_text("tried")
        visitor.look()
        say_why(page, "An escape <at> 0.45")
        page.get_by_role("button", name=f"Apply {tried}").click()
        expect(page.get_by_text("Set by Ada on")).to_contain_text("An escape <at> 0.45")
        setting = settings(either_line)[0]
        assert (setting["limits"]["threshold"], setting["who"], setting["place"]) == (float(tried), "Ada", HEAD)
        page.get_by_role("button", name=f"Take back {tried}").click()
        expect(page.get_by_role("alert")).to_contain_text("Say first why")
        say_why(page, "False calls")
        page.get_by_role("button", name=f"Take back {tried}").click()
        expect(page.get_by_text("From the model's manifest")).to_be_visible()
        expect(page.get_by_role("region", name="Who set what").locator("tbody tr")).to_have_count(2)
        assert settings(either_line)[0]["takes_back"] == setting["number"]


def test_who_saw_others_is_told_and_shown_those_in_force(browser: Browser, judged_line: str) -> None:
    with visit(browser, judged_line, size="tablet", dark=True) as visitor:
        page = visitor.page
        visitor.called("Grace")
        visitor.refused("409 /v1/limits")
        visitor.go(DESK)
        page.get_by_label("Threshold", exact=True).fill("0.61")
        expect(page.get_by_role("region", name="Tried")).to_contain_text("0.61")
        other = {**HEAD, "threshold": 0.55, "who": "Ada", "why": "overkill", "seen": 0}
        assert requests.post(f"{judged_line}/v1/limits", json=other, timeout=30).status_code == 200
        say_why(page, "Overkill, too")
        page.get_by_role("button", name="Apply 0.61").click()
        expect(page.get_by_role("alert")).to_contain_text("were changed meanwhile")
        visitor.look()
        page.get_by_role("link", name="Show those in force").click()
        expect(page.get_by_text("Set by Ada on")).to_contain_text("overkill")
        number = settings(judged_line)[0]["number"]
        back = requests.post(
            f"{judged_line}/v1/limits/{number}/undo", json={"who": "Ada", "why": "as before"}, timeout=30
        )
        assert back.status_code == 200


def test_a_wrong_number_is_refused_in_words_and_a_part_that_changes_is_named(
    browser: Browser, judged_line: str
) -> None:
    with visit(browser, judged_line, size="phone") as visitor:
        page = visitor.page
        visitor.refused("400 /limits/what-if")
        visitor.go(f"{DESK}&threshold=0.3")
        page.get_by_text("Which parts").click()
        expect(page.get_by_role("region", name="Parts with another verdict").locator("tbody tr").first).to_be_visible()
        page.get_by_label("Doubtful from").fill("0.4")
        expect(page.get_by_role("alert")).to_contain_text("doubtful: expected at most the threshold, 0.3")
        visitor.look()


def test_a_head_of_which_nobody_judged_a_part_that_passed_is_unknown(browser: Browser, judged_line: str) -> None:
    with visit(browser, judged_line, size="upright") as visitor:
        page = visitor.page
        visitor.go("/limits?component=board")
        expect(page.get_by_text("escape and overkill: unknown").locator("visible=true").first).to_be_visible()
        page.get_by_role("link", name="tile", exact=True).click()
        expect(page.get_by_role("heading", name="tile: defect of tile")).to_be_visible()
        visitor.look()


def test_a_component_that_has_no_parts_yet(browser: Browser, judged_line: str) -> None:
    with visit(browser, judged_line) as visitor:
        visitor.go("/limits?component=housing")
        expect(visitor.page.get_by_text("No part of this component was judged by a threshold yet")).to_be_visible()
