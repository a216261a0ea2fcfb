"""The station's review page in a real browser, before the real stack: how fast people can judge by keyboard.

    python -m benchmarks.reviewing [--pictures 60] [--reviewed-together 200] [--side 1024]

A script plays the operator, once as fast as the page lets it, which presses a key as soon as a picture is shown, and
once at two pictures a second. Printed are pictures a minute, the time from the key to the next picture on the screen
(two frames after it was put there), the bytes of a first view of each page, and what two reviewers at once judged twice
or left. Asked are 60 a minute, 100 ms, 300 kB, nothing twice and nothing left.
"""

import argparse
import io
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import requests
from PIL import Image
from playwright.sync_api import Browser, Page

from aoi_modules.gateway.doors.pages.navigation import ENTRIES
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from tests.browser import Visitor, chromium, visit
from tests.client.servables import write_lamp

ROUTES = 'components: {{lamp: {{model: lamp, upstream: "{address}", store: all, recording: committed}}}}'
LEVEL = 126
"""Mean gray level at which the model is in doubt."""
NOTE_KEYS = """() => {
  window.waits = [];
  let pressed = 0;
  let before = "";
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  const desk = document.getElementById("desk");
  new MutationObserver(() => {
    if (desk.dataset.shown === before) return;
    before = desk.dataset.shown;
    const seen = () => pressed && window.waits.push(performance.now() - pressed);
    requestAnimationFrame(() => requestAnimationFrame(seen));
  }).observe(desk, { attributes: true, attributeFilter: ["data-shown"] });
}"""
"""Notes the time between a key and the second frame with the next picture."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--reviewed-together", type=int, default=200)
    parser.add_argument("--side", type=int, default=1024, help="Pixels of a side of each picture.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with EmbeddedServer({"lamp": write_lamp(folder / "models")}) as server:
            (folder / "routes.yaml").write_text(ROUTES.format(address=server.grpc))
            with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
                report(browser, gateway.url, given.pictures, given.reviewed_together, given.side)


def report(browser: Browser, url: str, pictures: int, together: int, side: int) -> None:
    """Measures, and prints each line as soon as it is known."""
    for path in [entry.path for entry in ENTRIES]:
        print(f"first view of {path:<12} {first_view(browser, url, path) / 1000:8.1f} kB without pictures (asked: 300)")
    for name, pause in (("as fast as it goes", 0.0), ("two a second", 0.5)):
        inspect(url, pictures, side)
        rate, waits = one_reviewer(browser, url, pictures, pause)
        p95 = quantiles(waits, n=20)[-1]
        print(f"{name}: {rate:.0f} pictures a minute of {side} x {side} pixels (asked: 60)")
        print(f"{name}: key to next picture {median(waits):.1f} ms median, {p95:.1f} ms p95 (asked: 100)")
    inspect(url, together, 64)
    counts, left = two_reviewers(browser, url, together)
    twice = sum(1 for times in counts.values() if times > 1)
    print(
        f"two reviewers, {together} parts   {len(counts)} judged, {twice} twice, {left} left (asked: {together}, 0, 0)"
    )


def inspect(url: str, count: int, side: int) -> None:
    """Sends pictures about which the model is in doubt."""
    chance = np.random.default_rng(count)
    for number in range(count):
        pixels = (LEVEL + chance.integers(-9, 10, (side, side))).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        unit = {"unit": f"SN{time.time_ns()}-{number}"}
        requests.post(f"{url}/v1/inspect/lamp", params=unit, data=file.getvalue(), timeout=60).raise_for_status()


def first_view(browser: Browser, url: str, path: str) -> int:
    """Bytes that a page brings at its first view, headers left out, and pictures of parts too."""
    sizes: list[int] = []
    with visit(browser, url) as visitor:
        visitor.page.on(
            "response", lambda answer: sizes.append(0 if "/inspections/" in answer.url else len(answer.body()))
        )
        visitor.go(path)
        visitor.page.wait_for_load_state("networkidle")
    return sum(sizes)


def one_reviewer(browser: Browser, url: str, pictures: int, pause: float) -> tuple[float, list[float]]:
    """Pictures a minute, and the milliseconds from each key to the next picture.

    Args:
        browser: before the page.
        url: of the gateway.
        pictures: that wait.
        pause: seconds that the operator looks at a picture, at least.
    """
    with visit(browser, url) as visitor:
        page = open_review(visitor, "Ada")
        page.evaluate(NOTE_KEYS)
        begun = time.perf_counter()
        for _ in range(pictures - 1):
            time.sleep(pause)
            judge(page)
        taken = time.perf_counter() - begun
        waits: list[float] = page.evaluate("window.waits")
        judge(page)
        page.locator("#idle").wait_for()
        page.locator("#last-words", has_not_text="…").wait_for()
    return 60 * (pictures - 1) / taken, waits


def two_reviewers(browser: Browser, url: str, parts: int) -> tuple[Counter[str], int]:
    """How often each part was judged, and how many wait at the end; both judge in turn, neither waits for the other."""
    with visit(browser, url) as ada, visit(browser, url) as grace:
        pages = [open_review(ada, "Ada"), open_review(grace, "Grace")]
        for number in range(parts):
            judge(who_has_one(pages[number % 2], pages[1 - number % 2]))
        for page in pages:
            page.locator("#idle").wait_for()
            page.locator("#last-words", has_not_text="…").wait_for()
    records = requests.get(f"{url}/v1/inspections?limit={parts}", timeout=30).json()["records"]
    counts: Counter[str] = Counter()
    for record in records:
        said = requests.get(f"{url}/v1/inspections/{record['id']}/judgements", timeout=30).json()["judgements"]
        counts[record["id"]] = len(said)
    waiting = requests.get(f"{url}/v1/reviews", timeout=30).json()["waiting"]
    return Counter({one: times for one, times in counts.items() if times}), sum(one["parts"] for one in waiting)


def open_review(visitor: Visitor, who: str) -> Page:
    """The page with the first part before a person."""
    visitor.called(who)
    visitor.go("/review")
    visitor.page.locator("#desk[data-shown]").wait_for()
    return visitor.page


def who_has_one(*pages: Page) -> Page:
    """The first of these pages on which a part is shown; parts that one person has ahead are not the other's."""
    while True:
        for page in pages:
            if page.locator("#desk").is_visible():
                return page


def judge(page: Page) -> None:
    """Presses the key as soon as it counts, and waits until another picture is shown, or none is left."""
    page.locator("#good:enabled").wait_for()
    part = page.locator("#desk").get_attribute("data-shown")
    page.keyboard.press("g")
    page.locator(f"#desk:visible:not([data-shown='{part}']), #idle:visible").first.wait_for()


if __name__ == "__main__":
    main()
