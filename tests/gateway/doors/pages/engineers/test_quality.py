"""The page of quality: the figures of the interface for programs, as people read them."""

from datetime import date

import pytest
import requests
from playwright.sync_api import Browser, expect

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.pages.engineers.quality import Wish, parameters_of, wish_of
from aoi_modules.results.quality.shifts import Calendar
from tests import services
from tests.browser import visit

CALENDAR = Calendar(time_zone="Europe/Berlin", shifts={"early": "06:00", "late": "14:00"})
TODAY = date(2026, 3, 30)


def test_until_somebody_asks_for_another_time_it_is_the_last_30_days() -> None:
    assert wish_of({}, TODAY) == Wish(first="2026-03-01")
    asked = parameters_of(wish_of({"component": "tile", "lot": " "}, TODAY), CALENDAR)
    assert asked == {"component": "tile", "by": "day", "since": "2026-03-01T06:00:00+01:00"}
    assert parameters_of(wish_of({"from": "", "to": ""}, TODAY), CALENDAR) == {"by": "day"}


def test_days_are_those_of_the_plant_and_the_last_one_is_whole() -> None:
    wish = wish_of({"from": "2026-03-28", "to": "2026-03-29", "version": "tile two 3", "by": "shift"}, TODAY)
    assert parameters_of(wish, CALENDAR) == {
        "by": "shift", "model": "tile two", "version": "3", "since": "2026-03-28T06:00:00+01:00",
        "until": "2026-03-30T06:00:00+02:00",
    }  # fmt: skip
    assert wish.query(by="lot") == (
        "component=&version=tile+two+3&lot=&station=&shift=&from=2026-03-28&to=2026-03-29&by=lot"
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"colour": "red"}, "colour: expected one of: component, version"),
        ({"by": "colour"}, "by: expected one of: component, lot"),
        ({"from": "yesterday"}, "from: expected a day, as 2026-11-30"),
        ({"version": "3"}, "version: expected a model and its version, as `tile 3`"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(BadParameter, match=words):
        parameters_of(wish_of(wrong, TODAY), CALENDAR)


@services.need(services.CHROMIUM)
def test_figures_are_those_that_programs_get(browser: Browser, judged_line: str) -> None:
    told = requests.get(f"{judged_line}/v1/quality", params={"component": "tile", "by": "day"}, timeout=30).json()
    with visit(browser, judged_line) as visitor:
        page = visitor.page
        visitor.go("/quality?component=tile")
        rates = page.locator(".rates").first
        expect(rates).to_contain_text("defective parts passed: estimated for 600 parts from")
        assert told["total"]["escape"]["value"] is not None
        expect(rates.locator(".first-pass .value")).to_have_text(f"{told['total']['first_pass']['value']:.1%}")
        expect(page.locator("table.figures tbody tr")).to_have_count(len(told["groups"]))
        for title in ("Escape rate", "Overkill rate", "First pass yield", "p-chart: share of failed parts"):
            chart = page.locator("figure").filter(has=page.get_by_role("heading", name=title, exact=True))
            expect(chart.get_by_role("img")).to_have_count(1)
        page.locator("summary").first.click()
        expect(page.get_by_role("region", name="Numbers: Escape rate").locator("tbody tr")).to_have_count(
            len(told["groups"])
        )
        defects = page.locator("section").filter(has=page.get_by_role("heading", name="Defects", exact=True))
        defects.locator("summary").click()
        expect(defects.get_by_role("rowheader", name="dirt on the <left> side")).to_be_visible()
        visitor.look()


@services.need(services.CHROMIUM)
def test_a_choice_narrows_and_what_nobody_audits_is_unknown(browser: Browser, judged_line: str) -> None:
    with visit(browser, judged_line, size="phone", dark=True) as visitor:
        page = visitor.page
        visitor.go("/quality")
        page.get_by_label("Component").select_option("board")
        page.get_by_label("Told apart by").select_option("lot")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".rates").first.locator(".escape .value")).to_have_text("unknown")
        expect(page.locator(".rates").first).to_contain_text("was judged at random")
        expect(page.locator(".rates").first.locator(".first-pass .value")).to_contain_text("%")
        page.locator("table.figures tbody a").first.click()
        assert page.get_by_label("Lot").input_value().startswith("L")
        expect(page.get_by_label("Component")).to_have_value("board")
        visitor.look()


@services.need(services.CHROMIUM)
def test_a_time_in_which_nothing_was_inspected(browser: Browser, judged_line: str) -> None:
    with visit(browser, judged_line) as visitor:
        visitor.go("/quality?from=2020-01-01&to=2020-01-31")
        visitor.page.get_by_role("link", name="Look at all days").click()
        expect(visitor.page.locator(".rates").first).to_be_visible()


def test_a_shift_that_the_plant_has_not_is_told_in_words(judged_line: str) -> None:
    answer = requests.get(f"{judged_line}/quality", params={"shift": "noon"}, timeout=30)
    assert (answer.status_code, "shift: expected one of: early, late" in answer.text) == (400, True)
