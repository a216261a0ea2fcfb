"""People at the station's pages, in a real browser without a network, before the real stack: model server, gateway,
database, pictures on disk."""

import io
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests import services
from tests.browser import Visitor, chromium, visit
from tests.client.servables import write_lamp
from tests.postgresql import PostgreSQL
from tests.results.conftest import POSTGRESQL, migrated

pytestmark = [pytest.mark.slow, services.need(services.CHROMIUM)]  # a servable is exported and served
ROUTES = """
components: {{lamp: {{model: lamp, upstream: "{address}", store: all, audit: 0, recording: committed}}}}
"""
DOUBTFUL, FAILED, PASSED = 126, 150, 60
"""Gray levels of pictures."""


class Line:
    """A line whose pictures come with the level that is asked for."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.url = gateway.url
        self._units = 0

    def inspect(self, level: int = DOUBTFUL, count: int = 1) -> list[str]:
        """Sends pictures, each of another unit; gives the ids of the inspections."""
        return [self._inspect(level) for _ in range(count)]

    def get(self, path: str) -> Any:
        answer = requests.get(f"{self.url}{path}", timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def judged(self, ids: list[str]) -> list[list[dict[str, Any]]]:
        """All that was said about inspections, of each oldest first."""
        return [self.get(f"/v1/inspections/{one}/judgements")["judgements"] for one in ids]

    def post(self, path: str, **body: Any) -> None:
        answer = requests.post(f"{self.url}{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text

    def verdict(self, level: int) -> str:
        """Of a picture that is sent now."""
        return str(self.get(f"/v1/inspections/{self._inspect(level)}")["inspection"]["verdict"])

    def waiting(self) -> int:
        return sum(one["parts"] for one in self.get("/v1/reviews")["waiting"])

    def _inspect(self, level: int) -> str:
        self._units += 1
        file = io.BytesIO()
        Image.new("L", (64, 48), level).save(file, "PNG")
        unit = {"unit": f"SN{self._units}"}
        answer = requests.post(f"{self.url}/v1/inspect/lamp", params=unit, data=file.getvalue(), timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer({"lamp": write_lamp(tmp_path_factory.mktemp("models"))}) as server:
        yield server


@pytest.fixture
def line(request: pytest.FixtureRequest, server: EmbeddedServer, tmp_path: Path) -> Iterator[Line]:
    """On SQLite, unless a test asks for both databases."""
    on_postgresql = getattr(request, "param", "sqlite") == "postgresql"
    database = _new_database(request.getfixturevalue("postgresql")) if on_postgresql else None
    (tmp_path / "routes.yaml").write_text(ROUTES.format(address=server.grpc))
    with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results", database=database) as gateway:
        yield Line(gateway)


def _new_database(postgresql: PostgreSQL) -> str:
    """One with tables, made apart from the loop that a browser has in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(migrated, postgresql.new_database()).result()


on_both_databases = pytest.mark.parametrize("line", ["sqlite", POSTGRESQL], indirect=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def open_review(visitor: Visitor, who: str) -> Page:
    visitor.called(who)
    visitor.go("/review")
    expect(visitor.page.locator("#desk[data-shown]")).to_be_visible()
    return visitor.page


def press(page: Page, *keys: str) -> str:
    """Judges the part that is shown, by keys, and waits for the next one or the end; gives what was judged."""
    desk, good = page.locator("#desk"), page.get_by_role("button", name="Good")
    expect(good).to_be_enabled()
    part = desk.get_attribute("data-shown")
    assert part is not None
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator(f"#desk[data-shown='{part}']:visible")).to_have_count(0)
    return part


def who_has_one(*pages: Page) -> Page:
    """The first of these pages on which a part is shown; parts that one person has ahead are not the other's."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        for page in pages:
            if page.locator("#desk").is_visible():
                return page
    pytest.fail("no part is shown within 240 s")


@on_both_databases
def test_twenty_pictures_are_judged_by_keyboard_and_the_last_one_is_taken_back(browser: Browser, line: Line) -> None:
    sent = [*line.inspect(DOUBTFUL, 12), *line.inspect(FAILED, 10)]
    with visit(browser, line.url) as visitor:
        page = open_review(visitor, "Ada")
        judged = [press(page, *(["d", "1"] if number % 4 == 3 else ["g"])) for number in range(20)]
        assert (len(set(judged)), set(judged) <= set(sent)) == (20, True)
        expect(page.locator("#last-words")).not_to_contain_text("…")
        histories = line.judged(judged)
        assert [len(one) for one in histories] == [1] * 20
        assert {one[0]["who"] for one in histories} == {"Ada"}
        said = [(one[0]["verdict"], one[0]["defect"]) for one in histories]
        assert said == [("defect", "glare") if number % 4 == 3 else ("good", None) for number in range(20)]
        page.keyboard.press("u")
        expect(page.locator(f"#desk[data-shown='{judged[-1]}']")).to_be_visible()
        assert press(page, "g") == judged[-1]
        expect(page.locator("#last-words")).not_to_contain_text("…")
        (last,) = line.judged(judged[-1:])
        assert [one["verdict"] for one in last] == ["defect", None, "good"]
        assert line.waiting() == 2


@on_both_databases
def test_two_reviewers_at_once_judge_no_part_twice_and_leave_none(browser: Browser, line: Line) -> None:
    sent = line.inspect(DOUBTFUL, 16)
    judged: Counter[str] = Counter()
    with visit(browser, line.url) as ada, visit(browser, line.url, size="tablet") as grace:
        pages = [open_review(ada, "Ada"), open_review(grace, "Grace")]
        for number in range(len(sent)):
            judged[press(who_has_one(pages[number % 2], pages[1 - number % 2]), "g")] += 1
        for page in pages:
            expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
            expect(page.locator("#last-words")).not_to_contain_text("…")  # what was said is on its way no more
        assert judged == Counter(sent)
    assert [len(one) for one in line.judged(sent)] == [1] * len(sent)
    assert line.waiting() == 0


def test_by_touch_with_a_note_and_a_new_name(browser: Browser, line: Line) -> None:
    evil = '<img src=x onerror="alert(1)">'
    first, second = line.inspect(DOUBTFUL, 2)
    with visit(browser, line.url, size="upright") as visitor:
        page = open_review(visitor, "Ada")
        visitor.look()
        part = page.locator("#desk").get_attribute("data-shown")
        page.get_by_role("button", name="Note").tap()
        page.get_by_role("dialog").get_by_role("textbox").fill(evil)
        page.get_by_role("button", name="Keep").tap()
        expect(page.locator("#note-words")).to_have_text(evil)
        page.get_by_role("radio", name="rework").tap()
        page.get_by_role("button", name="Defect").tap()
        visitor.look()
        page.get_by_label("Another name").fill(evil)
        page.get_by_role("button", name="Judge so").tap()
        other = page.locator(f"#desk[data-shown='{second if part == first else first}']")
        expect(other).to_be_visible()
        expect(page.locator("#last-words")).to_contain_text(evil)
        page.get_by_role("button", name="Defect").tap()
        expect(page.get_by_role("button", name=evil)).to_be_visible()
        page.get_by_role("button", name="Back").tap()
        page.get_by_role("button", name="Skip").tap()
        expect(page.get_by_role("heading", name="1 skipped")).to_be_visible()
        visitor.look()
        page.get_by_role("button", name="Show skipped ones again").tap()
        expect(other).to_be_visible()
    assert part is not None
    (said,) = line.judged([part])[0]
    assert (said["defect"], said["note"], said["disposition"]) == (evil, evil, "rework")


def test_nothing_is_judged_unseen(browser: Browser, line: Line) -> None:
    """Keys count from the moment the picture is there."""
    held: list[Route] = []
    (sent,) = line.inspect(DOUBTFUL)
    with visit(browser, line.url) as visitor:
        visitor.page.route("**/picture", lambda route: held.append(route))
        visitor.called("Ada")
        visitor.go("/review")
        expect(visitor.page.locator("#part-name")).to_have_text("SN1")
        visitor.page.keyboard.press("g")
        expect(visitor.page.get_by_role("button", name="Good")).to_be_disabled()
        assert line.judged([sent]) == [[]]
        for route in held:
            route.continue_()
        press(visitor.page, "g")
        expect(visitor.page.locator("#last-words")).not_to_contain_text("…")
    assert [len(one) for one in line.judged([sent])] == [1]


def test_what_was_said_while_the_gateway_was_away_is_sent_later(browser: Browser, line: Line) -> None:
    line.inspect(DOUBTFUL, 2)
    with visit(browser, line.url) as visitor:
        visitor.refused("ERR_INTERNET_DISCONNECTED")
        page = open_review(visitor, "Ada")
        expect(page.get_by_role("button", name="Good")).to_be_enabled()
        page.context.set_offline(True)
        part = press(page, "g")
        expect(page.get_by_role("alert")).to_contain_text("not kept yet")
        page.context.set_offline(False)
        expect(page.get_by_role("alert")).to_be_hidden()
        expect(page.locator("#last-words")).not_to_contain_text("…")
    assert [one["verdict"] for one in line.judged([part])[0]] == ["good"]


def test_who_is_second_is_told_in_words(browser: Browser, line: Line) -> None:
    (sent,) = line.inspect(DOUBTFUL)
    with visit(browser, line.url) as visitor:
        visitor.refused(f"409 /v1/inspections/{sent}/judgements")
        page = open_review(visitor, "Ada")
        requests.post(f"{line.url}/v1/reviews/next", json={"who": "Ada"}, timeout=10)  # at another desk: it goes back
        requests.post(f"{line.url}/v1/reviews/next", json={"who": "Ada", "passes": [sent]}, timeout=10)
        assert (
            requests.post(f"{line.url}/v1/reviews/next", json={"who": "Grace"}, timeout=10).json()["inspection"] == sent
        )
        press(page, "g")
        expect(page.get_by_role("alert")).to_contain_text("What you said about SN1 was not kept. Grace has the part")
        visitor.look()
        page.get_by_role("button", name="Seen").click()
        expect(page.get_by_role("alert")).to_be_hidden()
    assert line.judged([sent]) == [[]]


@pytest.mark.parametrize("dark", [False, True])
def test_the_live_view_follows_the_line(browser: Browser, line: Line, dark: bool) -> None:
    with visit(browser, line.url, size="tablet", dark=dark) as visitor:
        visitor.go("/")
        expect(visitor.page.get_by_text("Nothing was inspected yet.")).to_be_visible()
        last = visitor.page.get_by_role("region", name="The last part")
        for level, verdict in ((PASSED, "PASS"), (DOUBTFUL, "REVIEW"), (FAILED, "FAIL")):
            line.inspect(level)
            expect(last.locator(".now-verdict")).to_have_text(verdict)
        visitor.look()
        assert {re.sub(r"^(http://127\.0\.0\.1:\d+)/.*", r"\1", one) for one in visitor.asked} == {line.url}


@on_both_databases
def test_a_threshold_is_applied_and_taken_back_and_judges_the_very_next_picture(browser: Browser, line: Line) -> None:
    judged = [*line.inspect(DOUBTFUL, 4), *line.inspect(FAILED, 4)]
    for one in judged:
        line.post(f"/v1/inspections/{one}/judgements", who="Ada", verdict="good")
    assert line.verdict(FAILED) == "FAIL"
    with visit(browser, line.url) as visitor:
        page = visitor.page
        visitor.called("Ada")
        visitor.go("/limits?component=lamp&model=lamp&version=1&head=glare")
        page.get_by_label("Threshold", exact=True).fill("0.99")
        expect(page.locator("#what-if-said")).to_contain_text("parts would have got another verdict")
        page.get_by_label("Why").fill("Overkill at bright lamps")
        page.get_by_role("button", name="Apply 0.99").click()
        expect(page.get_by_text("Set by Ada on")).to_contain_text("Overkill at bright lamps")
        assert line.verdict(FAILED) == "PASS"
        page.get_by_label("Why").fill("They were escapes")
        page.get_by_role("button", name="Take back 0.99").click()
        expect(page.get_by_text("From the model's manifest")).to_be_visible()
        assert line.verdict(FAILED) == "FAIL"
