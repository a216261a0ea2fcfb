"""Stations and models: who answers, by which limits, and what is wrong."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from aoi_modules.gateway.doors.pages.engineers.stations import in_words
from aoi_modules.gateway.doors.station.components import Pictures
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.reference import Drift, Reference, Spread
from tests import services
from tests.browser import visit
from tests.client.model_server import ModelServer
from tests.gateway.doors.access import people

SPREAD = Spread(mean=0.5, deviation=0.1, p1=0.3, p50=0.5, p99=0.7)
SEEN = Reference(pictures=40, brightness=SPREAD, sharpness=SPREAD)


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        (Pictures(present=None, reference=SEEN, drift=None), "no picture was measured yet"),
        (Pictures(present=SEEN, reference=None, drift=None), "the model does not say what its pictures were like"),
        (Pictures(present=SEEN, reference=SEEN, drift=None), "40 pictures were measured; drift is told from 20 on"),
        (
            Pictures(present=SEEN, reference=SEEN, drift=Drift(brightness=-3.2, sharpness=0.4)),
            "3.2 deviations darker and 0.4 deviations sharper than what the model learnt from",
        ),
    ],
)
def test_how_pictures_are_in_words(pictures: Pictures, words: str) -> None:
    assert in_words(pictures).startswith(words)


@services.need(services.CHROMIUM)
def test_each_component_with_its_models_servers_and_limits(browser: Browser, judged_line: str) -> None:
    with visit(browser, judged_line) as visitor:
        page = visitor.page
        visitor.go("/stations")
        tile = page.get_by_role("region", name="tile", exact=True)
        expect(tile).to_contain_text("tile 4")
        expect(tile).to_contain_text("tile 3 for 5% of the units")
        expect(tile).to_contain_text("tile 5")
        expect(tile.get_by_role("listitem").filter(has_text="127.0.0.1:1 ")).to_contain_text("away")
        expect(tile.get_by_role("row", name="defect")).to_contain_text("the manifest")
        expect(tile).to_contain_text("none is planned")
        expect(page.get_by_role("region", name="board", exact=True)).to_contain_text("locked")
        housing = page.get_by_role("region", name="housing", exact=True)
        expect(housing).to_contain_text("does not answer")
        visitor.look()
        tile.get_by_role("link", name="defect").click()
        expect(page.get_by_role("heading", name="tile: defect of tile 4")).to_be_visible()
    with visit(browser, judged_line, size="phone", dark=True) as visitor:
        visitor.go("/stations")
        visitor.look()


LOCKED = """
components: {{tile: {{model: tile, upstream: "{address}"}}, board: {{model: tile, upstream: "{address}"}}}}
checks: {{tile: {{golden: golden, every_hours: 8}}, board: {{golden: golden, every_hours: 8}}}}
"""


@pytest.fixture
def locked_line(tmp_path: Path) -> Iterator[str]:
    """The address of a gateway whose two components were never checked."""
    with ModelServer() as server:
        (tmp_path / "routes.yaml").write_text(LOCKED.format(address=server.address))
        with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results") as gateway:
            yield gateway.url


@services.need(services.CHROMIUM)
@pytest.mark.parametrize("dark", [False, True])
def test_a_locked_component_is_unlocked_by_keyboard_with_a_reason(
    browser: Browser, locked_line: str, tmp_path: Path, dark: bool
) -> None:
    with visit(browser, locked_line, dark=dark) as visitor:
        page = visitor.page
        visitor.called("Grace")
        visitor.go("/stations")
        tile = page.get_by_role("region", name="tile", exact=True)
        expect(tile).to_contain_text("It was never checked")
        button = tile.get_by_role("button", name="Unlock tile")
        expect(button).to_be_disabled()
        visitor.look()
        tile.get_by_label("Why tile may go on").focus()
        page.keyboard.type("   ")
        expect(button).to_be_disabled()
        page.keyboard.type("the lamp was changed")
        expect(button).to_be_enabled()
        visitor.look()
        visitor.picture(tmp_path / "locked.png")
        page.keyboard.press("Tab")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        expect(tile).to_contain_text("Unlocked by Grace")
        expect(tile).to_contain_text("the lamp was changed")
        expect(button).to_have_count(0)
        expect(page.get_by_role("button", name="Unlock board")).to_be_visible()


@services.need(services.CHROMIUM)
def test_who_comes_too_late_to_unlock_is_told(browser: Browser, locked_line: str) -> None:
    with visit(browser, locked_line, size="phone") as visitor:
        page = visitor.page
        visitor.called("Grace")
        visitor.refused("409 /v1/station/unlock")
        visitor.go("/stations")
        said = {"component": "tile", "who": "Ada", "why": "checked by hand"}
        assert requests.post(f"{locked_line}/v1/station/unlock", json=said, timeout=10).status_code == 200
        page.get_by_label("Why tile may go on").fill("the lamp was changed")
        page.get_by_role("button", name="Unlock tile").click()
        expect(page.get_by_role("alert").filter(has_text="Tile is not locked")).to_be_visible()
        visitor.look()


@services.need(services.CHROMIUM)
def test_engineers_unlock_and_others_only_look(browser: Browser, tmp_path: Path) -> None:
    database = tmp_path / "results" / "results.sqlite"
    with ThreadPoolExecutor(1) as pool:  # the browser has a loop in this thread
        pool.submit(people.fill, database).result()
    (tmp_path / "routes.yaml").write_text(LOCKED.format(address="127.0.0.1:1"))
    with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results", database=str(database)) as gateway:
        for name in ("operator", "engineer"):
            with visit(browser, gateway.url) as visitor:
                page = visitor.page
                visitor.go("/stations")
                page.get_by_label("Name").fill(name)
                page.get_by_label("Password").fill(people.PASSWORD)
                page.get_by_role("button", name="Sign in").click()
                tile = page.get_by_role("region", name="tile", exact=True)
                expect(tile).to_contain_text("It was never checked")
                button = tile.get_by_role("button", name="Unlock tile")
                if name == "operator":
                    expect(button).to_have_count(0)
                    expect(tile).to_contain_text("A check that passes unlocks it, or an engineer.")
                else:
                    tile.get_by_label("Why tile may go on").fill("the lamp was changed")
                    button.click()
                    expect(tile).to_contain_text("Unlocked by engineer")
