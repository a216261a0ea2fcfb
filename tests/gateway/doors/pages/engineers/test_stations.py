"""Stations and models: who answers, by which limits, and what is wrong."""

import pytest
from playwright.sync_api import Browser, expect

from aoi_modules.gateway.doors.pages.engineers.stations import in_words
from aoi_modules.gateway.doors.station.components import Pictures
from aoi_modules.modelstore.reference import Drift, Reference, Spread
from tests import services
from tests.browser import visit

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
