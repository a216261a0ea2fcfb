"""Units of several pictures, without HTTP: asked about at once, each result by itself."""

import asyncio

import pytest

from aoi_modules.errors import AoiError, BadParameter
from aoi_modules.gateway.line import Answer, Line
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Routes, parse_routes
from aoi_modules.gateway.units import Told, UnitOrder, UnitPicture, inspect_unit
from aoi_modules.judging.unit import UnitInspection
from aoi_modules.logs import event_log
from aoi_modules.results.record import Origin
from aoi_modules.verdict import Verdict
from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes

PICTURE = picture_bytes()
ROUTES = """
components:
  tile: {{model: tile, upstream: "{here}"}}
  magnet: {{model: tile, upstream: "{here}", heads: {{defect: {{threshold: 0.05}}}}}}
  away: {{model: tile, upstream: "{away}"}}
products:
  motor:
    positions:
      left: {{component: tile}}
      right: {{component: tile}}
      top: {{component: magnet, required: false}}
      lid: {{component: away, required: false}}
"""


def inspected(
    server: ModelServer,
    free_port: int,
    pictures: dict[str, bytes],
    product: str | None,
    told: Told = lambda *_: None,
) -> UnitInspection:
    routes = parse_routes(ROUTES.format(here=server.address, away=f"127.0.0.1:{free_port}"), "routes")

    async def run() -> UnitInspection:
        line = Line(routes, Metrics(), event_log())
        try:
            return await inspect_unit(line, order(routes, pictures, product), told)
        finally:
            await line.close()

    return asyncio.run(run())


def order(routes: Routes, pictures: dict[str, bytes], product: str | None) -> UnitOrder:
    plan = routes.products[product] if product else None
    brought = [UnitPicture(name, content) for name, content in pictures.items()]
    return UnitOrder("SN42", brought, Origin(product=product), plan)


@pytest.mark.parametrize(
    ("names", "verdict", "missing"),
    [
        (("left", "right"), Verdict.PASS, ()),
        (("left",), Verdict.REVIEW, ("right",)),
        (("left", "right", "top"), Verdict.FAIL, ()),
        (("top",), Verdict.FAIL, ("left", "right")),
    ],
    ids=["complete", "one missing", "one fails", "one fails, two missing"],
)
def test_a_product_says_what_a_unit_has_to_show(
    model_server: ModelServer, free_port: int, names: tuple[str, ...], verdict: Verdict, missing: tuple[str, ...]
) -> None:
    found = inspected(model_server, free_port, dict.fromkeys(names, PICTURE), "motor")
    assert (found.unit, found.product, found.verdict, found.missing) == ("SN42", "motor", verdict, missing)
    components = {"left": "tile", "right": "tile", "top": "magnet"}
    assert [(one.position, one.component) for one in found.positions] == [(name, components[name]) for name in names]
    assert all(one.inspection and one.inspection.model.version == 1 for one in found.positions)


def test_a_model_that_is_away_leaves_the_other_pictures_their_verdicts(
    model_server: ModelServer, free_port: int
) -> None:
    found = inspected(model_server, free_port, dict.fromkeys(("left", "right", "lid"), PICTURE), "motor")
    assert [one.verdict for one in found.positions] == [Verdict.PASS, Verdict.PASS, Verdict.REVIEW]
    lid = found.positions[-1]
    assert (lid.inspection, found.verdict) == (None, Verdict.REVIEW)
    assert lid.reason.startswith(f"no model server answers at 127.0.0.1:{free_port}")


def test_without_a_product_a_picture_names_its_component(model_server: ModelServer, free_port: int) -> None:
    pictures = {"tile": PICTURE, "chair": PICTURE, "magnet": b"no picture"}
    found = inspected(model_server, free_port, pictures, None)
    assert [one.verdict for one in found.positions] == [Verdict.PASS, Verdict.REVIEW, Verdict.REVIEW]
    assert found.positions[1].reason == "no component 'chair' is inspected here"
    assert found.positions[2].reason.startswith("expected a PNG, JPEG or BMP picture")


def test_a_position_that_the_product_has_not_is_refused(model_server: ModelServer, free_port: int) -> None:
    with pytest.raises(BadParameter, match=r"position: expected one of motor: left, lid, right, top\. "):
        inspected(model_server, free_port, {"left": PICTURE, "back": PICTURE}, "motor")
    assert model_server.asked == []


def test_what_comes_of_each_picture_is_told_once(model_server: ModelServer, free_port: int) -> None:
    found: dict[str, tuple[str, str]] = {}

    def told(position: str, component: str, outcome: Answer | AoiError, started: float) -> None:
        assert position not in found
        found[position] = component, outcome.address if isinstance(outcome, Answer) else outcome.message

    inspected(model_server, free_port, dict.fromkeys(("left", "lid"), PICTURE), "motor", told)
    assert found["left"] == ("tile", model_server.address)
    assert found["lid"][0] == "away"
    assert found["lid"][1].startswith(f"no model server answers at 127.0.0.1:{free_port}")


def test_all_pictures_are_asked_about_at_once(model_server: ModelServer) -> None:
    model_server.gate.clear()
    model_server.outputs = scores_of(0.1)
    routes = parse_routes(ROUTES.format(here=model_server.address, away="127.0.0.1:1"), "routes")

    async def run() -> UnitInspection:
        line = Line(routes, Metrics(), event_log())
        task = asyncio.create_task(
            inspect_unit(line, order(routes, dict.fromkeys(("left", "right"), PICTURE), "motor"), lambda *_: None)
        )
        while len(model_server.asked) < 2:
            await asyncio.sleep(0.01)
        model_server.gate.set()
        found = await task
        await line.close()
        return found

    assert asyncio.run(run()).verdict is Verdict.PASS
