"""A browser without a network before the pages of a gateway: whatever goes wrong in it fails the test.

    @services.need(services.CHROMIUM)
    def test_the_live_view_fits_a_phone(browser: Browser, gateway: RunningGateway) -> None:
        with visit(browser, gateway.url, size="phone") as visitor:
            visitor.go("/live")
            expect(visitor.page.get_by_role("heading", name="Live")).to_be_visible()
            visitor.look()

`browser` is a module's fixture of `tests/gateway/doors/pages/conftest.py`. Nothing waits a fixed time: Playwright's
`expect` looks until what is expected is there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

from tests import services

SIZES = {"desktop": (1280, 800), "tablet": (1024, 768), "upright": (768, 1024), "phone": (390, 844)}
"""Pixels, width and height."""
FLAGS = [
    "--no-sandbox",
    # Chromium resolves no name here, so only the gateway's own address answers.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
]
PATIENCE_MS = 120_000
LEAST_TOUCH = 44
"""Pixels that a finger needs."""


class Visitor:
    """A person before a page, with a store of cookies of their own.

    Args:
        page: of a browser.
        url: of the gateway.

    Attributes:
        troubles: what went wrong, in words: errors on the console, requests that failed, and requests to elsewhere.
        asked: addresses that were asked for, in order.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.troubles: list[str] = []
        self.asked: list[str] = []
        self._refusals: list[re.Pattern[str]] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def go(self, path: str) -> None:
        """Opens a page, and waits until its scripts have run."""
        self.page.goto(f"{self.url}{path}", wait_until="load")

    def called(self, name: str) -> None:
        """Says once who they are, as on a gateway without users."""
        self.page.add_init_script(f"localStorage.getItem('aoi.who') ?? localStorage.setItem('aoi.who', {name!r})")

    def refused(self, pattern: str) -> None:
        """Lets a request be refused or fail whose status and path fit, since the test wants it: `409 /v1/reviews`."""
        self._refusals.append(re.compile(pattern))

    def look(self) -> None:
        """Looks at the page as people do who need more from it: axe, nothing to be pushed sideways, room for fingers.

        Raises:
            AssertionError: says what is wrong.
        """
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide} pixels too wide"
        small = self.page.evaluate(_SMALL, LEAST_TOUCH)
        assert small == [], f"too small for a finger: {small}"

    def picture(self, path: Path) -> None:
        """Writes what is seen, for people who want to look."""
        self.page.screenshot(path=path)

    def _console(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource" in message.text and bool(self._refusals)  # its status is looked at, too
        if message.type in ("error", "warning") and not expected:
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith((f"{self.url}/", "data:")):
            self.troubles.append(f"a request to elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        failure = request.failure or ""
        if "ERR_ABORTED" not in failure:  # the page itself went on
            self._note(f"{failure} {self._path(request.url)}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status} {self._path(response.url)}")

    def _note(self, trouble: str) -> None:
        if not any(pattern.search(trouble) for pattern in self._refusals):
            self.troubles.append(trouble)

    def _path(self, address: str) -> str:
        return address.removeprefix(self.url)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, for the tests of a module."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=services.path_of("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, url: str, *, size: str = "desktop", dark: bool = False) -> Iterator[Visitor]:
    """A person before the pages of a gateway; at the end nothing may have gone wrong."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        has_touch=size != "desktop",
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        visitor = Visitor(context.new_page(), url)
        yield visitor
        assert visitor.troubles == [], visitor.troubles
    finally:
        context.close()


_SMALL = """least => [...document.querySelectorAll("button, .button, nav a, select, input:not([type=hidden])")]
  .filter(one => one.checkVisibility())
  .map(one => [one.textContent.trim() || one.name || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < least || box.width < least)
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)
"""
