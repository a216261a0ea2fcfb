"""The review page: names of defects that it offers, and what it says where a part cannot be judged as usual."""

import msgspec
from playwright.sync_api import Browser, Page, Route, expect

from aoi_modules.gateway.doors.pages.parts.review import labels_of, offered
from aoi_modules.gateway.routes import parse_routes
from aoi_modules.gateway.states import RouteState
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.manifest import Head
from tests import services
from tests.browser import visit
from tests.client.model_server import manifest
from tests.gateway.doors.station.conftest import Station

ROUTE = parse_routes('components: {tile: {model: tile, upstream: "a:1"}}', "routes.yaml").components["tile"]


def test_the_models_defects_are_offered_before_those_that_people_used() -> None:
    assert offered(["crack", "stain"], ["stain", "dust"]) == ["crack", "stain", "dust"]


def test_defects_are_what_heads_that_judge_call_not_good() -> None:
    kinds = Head(name="kind", kind="class", labels=("good", "crack", "stain"), good=("good",))
    heads = (*manifest().heads, kinds)  # a defect head, and a class head that judges nothing
    with_kinds = msgspec.structs.replace(manifest(), heads=heads)
    assert labels_of(RouteState(ROUTE, True, manifest=with_kinds)) == ["crack", "crack", "stain"]
    judged = {"kind": HeadLimits(good=("good", "stain"), threshold=0.5)}
    assert labels_of(RouteState(ROUTE, True, manifest=with_kinds, limits=judged)) == ["crack", "crack"]


def test_without_a_manifest_nothing_is_known() -> None:
    assert labels_of(None) == labels_of(RouteState(ROUTE, False)) == []


@services.need(services.CHROMIUM)
def test_nobody_judges_before_they_say_who_they_are(browser: Browser, line: Station) -> None:
    line.inspect(0.45, unit="SN1")
    with visit(browser, line.url) as visitor:
        visitor.go("/review")
        expect(visitor.page.get_by_role("heading", name="Who judges?")).to_be_visible()
        visitor.look()
        visitor.page.get_by_role("button", name="Say who you are").click()
        visitor.page.get_by_label("Name", exact=True).fill("Ada")
        visitor.page.keyboard.press("Enter")
        expect(visitor.page.locator("#desk[data-shown]")).to_be_visible()
        expect(visitor.page.locator("#part-name")).to_have_text("SN1")


@services.need(services.CHROMIUM)
def test_a_part_whose_time_is_over_is_not_judged(browser: Browser, line: Station) -> None:
    with visit(browser, line.url) as visitor:
        visitor.called("Grace")
        sent = line.inspect(0.46, unit="SN2")
        visitor.page.clock.install()
        visitor.go("/review")
        expect(visitor.page.get_by_role("button", name="Good")).to_be_enabled()
        visitor.page.clock.fast_forward("02:05")
        expect(visitor.page.get_by_role("heading", name="The time for this part is over")).to_be_visible()
        visitor.page.keyboard.press("g")
        visitor.page.get_by_role("button", name="Go on").click()
        expect(visitor.page.locator("#desk[data-shown]")).to_be_visible()
    assert line.get(f"/v1/inspections/{sent['id']}/judgements").json() == {"judgements": []}


@services.need(services.CHROMIUM)
def test_where_the_model_looked_is_told_or_why_it_cannot_be(browser: Browser, line: Station) -> None:
    for number in range(8):  # a tenth of all is shown blind, where nobody may ask
        line.inspect(0.9, unit=f"SN3-{number}")
    with visit(browser, line.url) as visitor:
        visitor.refused(r"404 /v1/inspections/\w+/map")
        visitor.called("Hedy")
        held = hold_back(visitor.page)
        visitor.go("/review")
        answer_next(visitor.page, held)
        desk = visitor.page.locator("#desk")
        expect(visitor.page.get_by_role("button", name="Good")).to_be_enabled()
        while visitor.page.locator(".blind").is_visible():
            part = desk.get_attribute("data-shown")
            visitor.page.keyboard.press("s")
            answer_next(visitor.page, held)
            expect(desk).not_to_have_attribute("data-shown", part or "")
        visitor.page.keyboard.press("w")
        refusal = visitor.page.get_by_role("alert")
        expect(refusal).to_contain_text("has no map")
        answer_next(visitor.page, held)
        answer_next(visitor.page, held)
        expect(refusal).to_contain_text("has no map")  # parts that came meanwhile do not wipe it away
        visitor.page.keyboard.press("s")
        expect(refusal).to_be_hidden()


@services.need(services.CHROMIUM)
def test_a_refused_undo_is_told_until_the_next_judgement(browser: Browser, line: Station) -> None:
    for number in range(8):
        line.inspect(0.9, unit=f"SN4-{number}")
    with visit(browser, line.url) as visitor:
        visitor.refused(r"409 /v1/judgements/\w+/undo")
        visitor.called("Ida")
        held = hold_back(visitor.page)
        visitor.go("/review")
        answer_next(visitor.page, held)
        good = visitor.page.get_by_role("button", name="Good")
        expect(good).to_be_enabled()
        with visitor.page.expect_response("**/judgements") as judged:
            visitor.page.keyboard.press("g")
        answer_next(visitor.page, held)
        expect(good).to_be_enabled()
        assert line.post(f"/v1/judgements/{judged.value.json()['id']}/undo", who="Ida").ok  # in another window
        visitor.page.keyboard.press("u")
        refusal = visitor.page.get_by_role("alert")
        expect(refusal).to_contain_text("is not in force")
        answer_next(visitor.page, held)
        answer_next(visitor.page, held)
        expect(refusal).to_contain_text("is not in force")  # parts that came meanwhile do not wipe it away
        visitor.page.keyboard.press("g")
        expect(refusal).to_be_hidden()


def hold_back(page: Page) -> list[Route]:
    """The requests for one more part, each of which waits for `answer_next`."""
    held: list[Route] = []
    page.route("**/v1/reviews/next", lambda route: held.append(route))
    return held


def answer_next(page: Page, held: list[Route]) -> None:
    while not held:
        page.wait_for_timeout(20)  # requests are met while the page is waited for
    held.pop(0).continue_()
